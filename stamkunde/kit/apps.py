from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class KitApp(AppConfig):
    name = "stamkunde.kit"
    label = "kit"

    def ready(self) -> None:
        # Django says that the field is required, which tells nobody what to do.
        Field.default_error_messages["required"] = _("Please fill this in.")

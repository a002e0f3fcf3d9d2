from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class CatalogueApp(AppConfig):
    name = "stamkunde.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from stamkunde.catalogue import access, tabs

        tabs.register(
            tabs.ProductTab(label=pgettext_lazy("tab", "Product"), view="catalogue:product", permission=access.SEE.name)
        )

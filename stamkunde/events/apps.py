from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsApp(AppConfig):
    name = "stamkunde.events"
    label = "events"

    def ready(self) -> None:
        # Kinds and reactions are known by the names of their files, so that none has to be listed twice.
        autodiscover_modules("events", "reactions")

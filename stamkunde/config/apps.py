from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ConfigApp(AppConfig):
    name = "stamkunde.config"
    label = "config"

    def ready(self) -> None:
        """Put together what must not know of each other: events and jobs stand side by side on one floor."""
        from stamkunde.events.delivering import deliver_due
        from stamkunde.jobs.regular import regular

        regular(deliver_due)
        autodiscover_modules("privacy", "invariants")

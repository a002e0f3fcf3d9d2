from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsApp(AppConfig):
    name = "stamkunde.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Read every module's `jobs.py`, so that a worker knows the handler of each row by its name."""
        autodiscover_modules("jobs")

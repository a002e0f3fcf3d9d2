from django.apps import AppConfig


class AccountabilityApp(AppConfig):
    name = "stamkunde.accountability"
    label = "accountability"

    def ready(self) -> None:
        from stamkunde.accountability.queries.retention import changed_periods
        from stamkunde.kit.retention import changed_by

        changed_by(changed_periods)

from django.apps import AppConfig


class ExchangeApp(AppConfig):
    name = "stamkunde.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Write files of what a list at the desk has selected; the desk stands beside and asks by way of the kit.

        And tell which programs there are to who asks whom a breach has reached.
        """
        from stamkunde.accountability.hands import register_programs
        from stamkunde.exchange.access import EXPORT
        from stamkunde.exchange.actions.asking import ask_for_selection
        from stamkunde.exchange.delivering import gather_for_webhooks
        from stamkunde.exchange.queries import programs
        from stamkunde.jobs.regular import regular
        from stamkunde.kit.selections import Exporter, register_exporter

        register_programs(programs)
        regular(gather_for_webhooks)
        register_exporter(Exporter(permission=EXPORT.name, ask=ask_for_selection, view="exchange:exports"))

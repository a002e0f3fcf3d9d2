from django.apps import AppConfig


class LoyaltyApp(AppConfig):
    name = "stamkunde.loyalty"
    label = "loyalty"

    def ready(self) -> None:
        from stamkunde.kit import recognisers
        from stamkunde.loyalty import recognising

        recognisers.register(recognising.CARDS)

from django.apps import AppConfig


class LoyaltyApp(AppConfig):
    name = "stamkunde.loyalty"
    label = "loyalty"

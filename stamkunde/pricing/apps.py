from django.apps import AppConfig


class PricingApp(AppConfig):
    name = "stamkunde.pricing"
    label = "pricing"

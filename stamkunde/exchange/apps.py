from django.apps import AppConfig


class ExchangeApp(AppConfig):
    name = "stamkunde.exchange"
    label = "exchange"

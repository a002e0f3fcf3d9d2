from django.apps import AppConfig


class SalesApp(AppConfig):
    name = "stamkunde.sales"
    label = "sales"

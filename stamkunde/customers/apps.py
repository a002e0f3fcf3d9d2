from django.apps import AppConfig


class CustomersApp(AppConfig):
    name = "stamkunde.customers"
    label = "customers"

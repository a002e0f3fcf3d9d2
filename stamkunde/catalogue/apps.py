from django.apps import AppConfig


class CatalogueApp(AppConfig):
    name = "stamkunde.catalogue"
    label = "catalogue"

from django.apps import AppConfig


class KitApp(AppConfig):
    name = "stamkunde.kit"
    label = "kit"

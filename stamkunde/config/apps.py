from django.apps import AppConfig


class ConfigApp(AppConfig):
    name = "stamkunde.config"
    label = "config"

from django.apps import AppConfig


class DeskApp(AppConfig):
    name = "stamkunde.desk"
    label = "desk"

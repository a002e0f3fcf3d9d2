from django.apps import AppConfig


class PrivacyApp(AppConfig):
    name = "stamkunde.privacy"
    label = "privacy"

from django.apps import AppConfig


class AccountsApp(AppConfig):
    name = "stamkunde.accounts"
    label = "accounts"

from django.apps import AppConfig


class ConversationsApp(AppConfig):
    name = "stamkunde.conversations"
    label = "conversations"

from django.apps import AppConfig


class ConversationsApp(AppConfig):
    name = "stamkunde.conversations"
    label = "conversations"

    def ready(self) -> None:
        """Let whoever reads the inbox hear of it."""
        from stamkunde.accounts.live import add_rooms
        from stamkunde.conversations.access import rooms

        add_rooms(rooms)

from django.apps import AppConfig


class ConversationsApp(AppConfig):
    name = "stamkunde.conversations"
    label = "conversations"

    def ready(self) -> None:
        """Let whoever reads the inbox hear of it, and tasks lead back to conversations."""
        from stamkunde.accounts.live import add_rooms
        from stamkunde.conversations.access import rooms
        from stamkunde.kit.addresses import address
        from stamkunde.tasks.origins import register_origin

        add_rooms(rooms)
        register_origin("conversation", lambda number: address("conversations:conversation", number))

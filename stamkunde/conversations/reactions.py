"""What follows from what happened in a conversation."""

from stamkunde.conversations.events import CustomerNamed
from stamkunde.events.reacting import reacts_to
from stamkunde.tasks.actions import name_customer_of_tasks


@reacts_to(CustomerNamed)
def let_tasks_follow(event: CustomerNamed) -> None:
    """Let what is to be done about a conversation be done for whose it is."""
    name_customer_of_tasks("conversation", event.conversation_id, event.customer_id)

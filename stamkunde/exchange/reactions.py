"""What follows in the exchange from what happens elsewhere."""

from stamkunde.accounts.events import PasswordChanged, StaffDeactivated
from stamkunde.customers.jobs import find_new_duplicates
from stamkunde.events.reacting import reacts_to
from stamkunde.exchange.actions.tokens import end_tokens_of
from stamkunde.exchange.events import FileImported
from stamkunde.kit.actor import SYSTEM


@reacts_to(StaffDeactivated)
def end_her_tokens(event: StaffDeactivated) -> None:
    end_tokens_of(event.user_id, by=SYSTEM)


@reacts_to(PasswordChanged)
def end_tokens_with_the_password(event: PasswordChanged) -> None:
    """Whoever is handed a password may have lost the old one to somebody, who may have made tokens with it."""
    if event.is_handed:
        end_tokens_of(event.user_id, by=SYSTEM)


@reacts_to(FileImported)
def look_for_duplicates(event: FileImported) -> None:
    """Look whether whoever came with the file was here already."""
    find_new_duplicates.enqueue_once("customers.find_new_duplicates")

"""What follows in the exchange from what happens elsewhere."""

from stamkunde.accounts.events import StaffDeactivated
from stamkunde.events.reacting import reacts_to
from stamkunde.exchange.actions.tokens import end_tokens_of
from stamkunde.kit.actor import SYSTEM


@reacts_to(StaffDeactivated)
def end_her_tokens(event: StaffDeactivated) -> None:
    end_tokens_of(event.user_id, by=SYSTEM)

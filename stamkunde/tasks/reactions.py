"""What follows for tasks from what happened elsewhere."""

from stamkunde.accounts.events import StaffDeactivated
from stamkunde.events.reacting import reacts_to
from stamkunde.kit.actor import SYSTEM
from stamkunde.tasks.actions import let_go_of_tasks


@reacts_to(StaffDeactivated)
def give_back_tasks(event: StaffDeactivated) -> None:
    """Leave nothing with somebody who does not come any more."""
    let_go_of_tasks(event.user_id, by=SYSTEM)

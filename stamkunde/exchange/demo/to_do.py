"""What is to be done in the demo shop: calls to return, promises and other work, late, due today and later."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from stamkunde.accounts.models import Team, User
from stamkunde.customers.models import ContactKind, ContactPoint, Customer
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.tasks.actions import add_task, settle_task, try_again
from stamkunde.tasks.models import Priority, TaskKind, TaskState
from stamkunde.tasks.values import TaskValues

# Kind, what is to be done, and after how many hours it is due; a whole number of days has the whole day.
_TASKS = {
    "nb": (
        (TaskKind.CALL_BACK, "Ring tilbake om kverna", -3),
        (TaskKind.PROMISE, "Lovet pris på vedlikehold av maskinen", 5),
        (TaskKind.FOLLOW_UP, "Hør om den nye kverna virker som den skal", 24),
        (TaskKind.TO_DO, "Legg av to pakker av den etiopiske kaffen", 48),
        (TaskKind.PROMISE, "Si fra når Comandante er på lager", -26),
    ),
    "sv": (
        (TaskKind.CALL_BACK, "Ring tillbaka om beställningen", 2),
        (TaskKind.FOLLOW_UP, "Fråga hur servicen av espressomaskinen gick", 72),
        (TaskKind.PROMISE, "Skicka förslag på te till kontoret", 24),
    ),
    "lv": (
        (TaskKind.CALL_BACK, "Atzvanīt par dzirnaviņām", 1),
        (TaskKind.PROMISE, "Apsolīts paziņot, kad atnāks jaunā kafija", 48),
        (TaskKind.FOLLOW_UP, "Pajautāt, vai krūze patika", 96),
    ),
}
_RESULTS = {"nb": "Ringte, alt er i orden.", "sv": "Ringde, allt är som det ska.", "lv": "Piezvanīju, viss kārtībā."}
_EACH = 3


def leave_to_do(customers: Sequence[Customer]) -> None:
    """Write down what is to be done for some customers of each language, some of it done and some tried in vain."""
    staff = [user for user in User.objects.filter(is_active=True).order_by("pk") if user.may("tasks.do")]
    team = Team.objects.order_by("pk").first()
    points = ContactPoint.objects.filter(kind=ContactKind.PHONE, customer__trashed_at=None)
    phones = dict(points.order_by("customer", "-is_preferred").values_list("customer", "value"))
    number = 0
    for language, tasks in _TASKS.items():
        theirs = [one for one in customers if one.language == language and one.pk in phones]
        chosen = theirs[5 :: max(1, len(theirs) // (len(tasks) * _EACH))]
        for customer, (kind, text, hours) in zip(chosen, tasks * _EACH, strict=False):
            number += 1
            due = (
                timezone.localdate() + timedelta(days=hours // 24)
                if hours % 24 == 0
                else now() + timedelta(hours=hours)
            )
            task = add_task(
                TaskValues(
                    text=text,
                    kind=kind,
                    due=due,
                    customer_id=customer.pk,
                    phone=phones[customer.pk],
                    assigned_to_id=staff[number % len(staff)].pk if staff and number % 3 else None,
                    team_id=team.pk if team and number % 3 == 0 else None,
                    priority=Priority.HIGH if number % 7 == 1 else Priority.NORMAL,
                ),
                by=SYSTEM,
            )
            if number % 4 == 3:
                settle_task(task, TaskState.DONE, _RESULTS[language], by=SYSTEM)
            elif number % 5 == 2:
                try_again(task, timezone.localdate() + timedelta(days=1), by=SYSTEM)

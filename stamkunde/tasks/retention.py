"""How long it is kept what was to be done and what came of it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.register import STAFF_AND_EXPORTS, Processing, register
from stamkunde.kit.retention import Ground, Keeping, Period, Rule, add_rules, keep
from stamkunde.tasks.actions import forget_tasks
from stamkunde.tasks.models import Task

TASKS = "tasks.tasks"

add_rules(
    Rule(
        name=TASKS,
        sensitivity=Sensitivity.FREE_TEXT,
        purpose=_("To do in time what was promised, and to answer for it afterwards."),
        ground=Ground.CONTRACT,
        trigger=_("the day it was settled"),
        period=Period(years=3),
        source=_("A proposal: as long as claims are usually made; GDPR art. 5(1)(e) asks for a limit."),
    )
)

keep(
    Keeping(
        rule=TASKS,
        model=Task,
        title=_("Tasks that were settled"),
        since="settled_at",
        # Restricted data is stored, and not ended either, until the restriction is lifted (GDPR art. 18).
        only=Q(customer=None) | Q(customer__restricted_at=None),
        let_go=forget_tasks,
    )
)

register(Processing(model=Task, ground=Ground.CONTRACT, kept=TASKS, recipients=STAFF_AND_EXPORTS))

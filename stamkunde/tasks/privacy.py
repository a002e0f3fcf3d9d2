"""What tasks hold about a person: what was promised to her or is to be done for her, and what came of it."""

from django.utils.translation import gettext_lazy as _

from stamkunde.kit.privacy import Holding, Sensitivity, deleting, register, rows_about
from stamkunde.tasks.models import Task

_NONE, _BUSINESS = Sensitivity.NONE, Sensitivity.BUSINESS
_IDENTITY, _BEHAVIOUR, _FREE = Sensitivity.IDENTITY, Sensitivity.BEHAVIOUR, Sensitivity.FREE_TEXT

register(
    Holding(
        model=Task,
        title=_("What was to be done for you"),
        purpose=_("To do in time what was promised to a customer."),
        columns={
            "id": _NONE,
            "kind": _BUSINESS,
            "text": _FREE,
            "customer": _IDENTITY,
            "phone": _IDENTITY,
            "assigned_to": _BUSINESS,
            "team": _BUSINESS,
            "due_at": _BEHAVIOUR,
            "is_whole_day": _BUSINESS,
            "priority": _BUSINESS,
            "origin": _BUSINESS,
            "origin_id": _NONE,
            "once": _IDENTITY,
            "attempts": _BUSINESS,
            "state": _BUSINESS,
            "result": _FREE,
            "settled_at": _BEHAVIOUR,
            "settled_by": _BUSINESS,
            "added_at": _BEHAVIOUR,
            "added_by": _BUSINESS,
            "version": _NONE,
        },
        export=rows_about(Task, "kind", "text", "phone", "once", "due_at", "state", "result", "added_at", "settled_at"),
        forget=deleting(Task),
    )
)

"""How long the desk keeps what was begun and not finished, and what takes a change of many customers back."""

from django.utils.translation import gettext_lazy as _

from stamkunde.desk.actions.bulk import KEPT_FOR as CHANGES_KEPT_FOR
from stamkunde.desk.actions.draft import KEPT_FOR as DRAFTS_KEPT_FOR
from stamkunde.desk.jobs import clear_old
from stamkunde.desk.models import BulkItem, ContactPutOff, NoteDraft
from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.register import Processing, register
from stamkunde.kit.retention import Ground, Period, Rule, add_rules

_A_LIMIT = _("A proposal: GDPR art. 5(1)(e) asks for a limit and names none.")

add_rules(
    Rule(
        name="desk.drafts",
        sensitivity=Sensitivity.FREE_TEXT,
        purpose=_("To keep what somebody has begun to write about a customer and not saved."),
        ground=Ground.INTEREST,
        trigger=_("the last letter that was written"),
        period=Period(days=DRAFTS_KEPT_FOR.days),
        source=_A_LIMIT,
        settled_by=clear_old.kind.title,
    ),
    Rule(
        name="desk.bulk_changes",
        sensitivity=Sensitivity.IDENTITY,
        purpose=_("To take back what was done to many customers at once."),
        ground=Ground.INTEREST,
        trigger=_("the change"),
        period=Period(days=CHANGES_KEPT_FOR.days),
        source=_A_LIMIT,
        settled_by=clear_old.kind.title,
    ),
)

register(
    Processing(model=BulkItem, ground=Ground.INTEREST, kept="desk.bulk_changes"),
    Processing(model=NoteDraft, ground=Ground.INTEREST, kept="desk.drafts"),
    Processing(model=ContactPutOff, ground=Ground.INTEREST),
)

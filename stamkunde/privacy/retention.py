"""How long it is kept what people asked about their data, and the copies that were written for them."""

from django.utils.translation import gettext_lazy as _

from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.register import OFFICER, Processing, register
from stamkunde.kit.retention import Ground, Period, Rule, add_rules
from stamkunde.privacy.actions.copies import KEPT_FOR
from stamkunde.privacy.jobs import clear_access_files
from stamkunde.privacy.models import AccessFile, DataRequest, Erasure

COPIES = "privacy.copies"

add_rules(
    Rule(
        name=COPIES,
        sensitivity=Sensitivity.SPECIAL,
        purpose=_("To give the customer a copy of their data."),
        ground=Ground.LAW,
        trigger=_("the day the copy was asked for"),
        period=Period(days=KEPT_FOR.days),
        source=_("A proposal: GDPR art. 5(1)(e) asks for a limit and names none."),
        settled_by=clear_access_files.kind.title,
    )
)

register(
    Processing(model=AccessFile, ground=Ground.LAW, kept=COPIES, recipients=OFFICER),
    # Proof that a request was answered in time; the name goes when the customer is erased.
    Processing(model=DataRequest, ground=Ground.LAW, recipients=OFFICER),
    Processing(model=Erasure, ground=Ground.LAW, recipients=OFFICER),
)

"""How long it is kept who looked at a customer, whom a search has shown, and what proves a consent."""

from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.queries import the_shop
from stamkunde.customers.actions.consent import forget_answers
from stamkunde.customers.actions.lookup import forget_hit_lists, forget_lookups
from stamkunde.customers.jobs import empty_trash
from stamkunde.customers.models import (
    Address,
    Consent,
    ConsentState,
    ContactPoint,
    Customer,
    CustomValue,
    FormerName,
    HitList,
    LikelyPair,
    LookUp,
    Merge,
    MergeEntry,
    Note,
    Relation,
    Restriction,
    StoredFile,
    Trait,
)
from stamkunde.customers.queries.people import TRASH_DAYS
from stamkunde.events.models import Happening
from stamkunde.kit.clock import end_of_day
from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.register import OFFICER, STAFF_AND_EXPORTS, Processing, register
from stamkunde.kit.retention import Ground, Keeping, Period, Rule, add_rules, keep

READ_LOG = "customers.read_log"
HIT_LISTS = "customers.hit_lists"
CONSENT_PROOF = "customers.consent_proof"
TRASH = "customers.trash"

_A_LIMIT = _("A proposal: GDPR art. 5(1)(e) asks for a limit and names none.")

add_rules(
    Rule(
        name=READ_LOG,
        sensitivity=Sensitivity.BEHAVIOUR,
        purpose=_("To answer for who has looked at a customer, when and why."),
        ground=Ground.INTEREST,
        trigger=_("the look"),
        period=Period(months=24),
        source=_("A proposal: GDPR art. 15 gives the customer the log (C-579/21), art. 5(1)(e) asks for a limit."),
    ),
    Rule(
        name=HIT_LISTS,
        sensitivity=Sensitivity.BEHAVIOUR,
        purpose=_("To answer for whom a search or a list has shown, also when nobody was picked."),
        ground=Ground.INTEREST,
        trigger=_("the search"),
        period=Period(months=12),
        source=_A_LIMIT,
    ),
    Rule(
        name=CONSENT_PROOF,
        sensitivity=Sensitivity.IDENTITY,
        purpose=_("To prove what the customer agreed to, and what not."),
        ground=Ground.INTEREST,
        trigger=_("the withdrawal of the consent"),
        period=Period(years=3),
        source=_("A proposal: GDPR art. 7(1) asks for proof as long as a consent is used, art. 17(3)(e) for claims."),
    ),
    Rule(
        name=TRASH,
        sensitivity=Sensitivity.IDENTITY,
        purpose=_("To take back a customer, a note or a file that was put in the trash by mistake."),
        ground=Ground.INTEREST,
        trigger=_("the day it was put in the trash"),
        period=Period(days=TRASH_DAYS),
        source=_A_LIMIT,
        settled_by=empty_trash.kind.title,
    ),
)


def withdrawn_since(newest: date) -> Q:
    """Return the condition that a later no of the same channel is itself old enough: what is agreed to now stays."""
    later_no = Consent.objects.filter(
        customer=OuterRef("customer"),
        channel=OuterRef("channel"),
        state=ConsentState.WITHDRAWN,
        at__gte=OuterRef("at"),
        at__lt=end_of_day(newest, the_shop().zone),
    )
    return Q(Exists(later_no))


# Restricted data is stored, and not ended either, until the restriction is lifted (art. 18).
NOT_RESTRICTED = Q(customer__restricted_at=None)

keep(
    Keeping(
        rule=READ_LOG,
        model=LookUp,
        title=_("Looks at customers"),
        since="at",
        only=NOT_RESTRICTED,
        let_go=forget_lookups,
    ),
    Keeping(rule=HIT_LISTS, model=HitList, title=_("Lists of searches"), since="at", let_go=forget_hit_lists),
    Keeping(
        rule=CONSENT_PROOF,
        model=Consent,
        title=_("Withdrawn consents"),
        since="at",
        only=NOT_RESTRICTED,
        which=withdrawn_since,
        let_go=forget_answers,
    ),
)

register(
    Processing(model=Customer, ground=Ground.CONTRACT, recipients=STAFF_AND_EXPORTS),
    Processing(model=FormerName, ground=Ground.INTEREST),
    Processing(model=ContactPoint, ground=Ground.CONTRACT, recipients=STAFF_AND_EXPORTS),
    Processing(model=Address, ground=Ground.CONTRACT, recipients=STAFF_AND_EXPORTS),
    # An allergy is about health (art. 9): it is noted only because the customer says so.
    Processing(model=Trait, ground=Ground.CONSENT),
    Processing(model=Relation, ground=Ground.INTEREST),
    Processing(model=Consent, ground=Ground.INTEREST, kept=CONSENT_PROOF, recipients=STAFF_AND_EXPORTS),
    Processing(model=Restriction, ground=Ground.LAW),
    Processing(model=CustomValue, ground=Ground.INTEREST, recipients=STAFF_AND_EXPORTS),
    Processing(model=Note, ground=Ground.INTEREST),
    Processing(model=StoredFile, ground=Ground.INTEREST),
    Processing(model=LookUp, ground=Ground.INTEREST, kept=READ_LOG, recipients=OFFICER),
    Processing(model=HitList, ground=Ground.INTEREST, kept=HIT_LISTS, recipients=OFFICER),
    Processing(model=Happening, ground=Ground.INTEREST),
    Processing(model=Merge, ground=Ground.INTEREST),
    Processing(model=MergeEntry, ground=Ground.INTEREST),
    Processing(model=LikelyPair, ground=Ground.INTEREST),
)

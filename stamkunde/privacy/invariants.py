"""What must hold of people who were erased: nothing says who they were, and nothing brings them back."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.customers.models import ContactPoint, Customer, Suppression
from stamkunde.customers.suppressing import digest_of, pepper
from stamkunde.kit.clock import now
from stamkunde.kit.invariants import Invariant
from stamkunde.privacy import log
from stamkunde.privacy.models import Erasure
from stamkunde.privacy.traces import needles_of

_AT_ONCE = 2_000
_EMPTY = ("title", "family_name", "preferred_name", "company_name", "company_number", "greeting", "birth_date")
_PATIENCE = timedelta(days=1)


def erased_people_who_are_here() -> Iterator[str]:
    """Yield everybody of whom the log outside the database says that they were erased, and who is here all the same."""
    under_way = set(Erasure.objects.exclude(state=Erasure.State.VERIFIED).values_list("customer_id", flat=True))
    for one in log.logged():
        for number in Customer.objects.filter(ref__in=one.refs).order_by("pk").values_list("pk", flat=True):
            if number not in under_way:
                yield _("Customer %(number)s was erased and is here again. Run the erasure anew: restore does.") % {
                    "number": number
                }


def erased_people_with_traces() -> Iterator[str]:
    """Yield every profile of an erased person of whom anything is left that says who it was."""
    under_way = Erasure.objects.exclude(state=Erasure.State.VERIFIED).values("customer_id")
    erased = Customer.objects.exclude(erased_at=None).exclude(pk__in=under_way)
    for customer in erased.order_by("pk").iterator(chunk_size=_AT_ONCE):
        # The given name says that it is nobody; every other must be empty.
        left = [getattr(customer, name) for name in _EMPTY if getattr(customer, name)]
        if left := [*left, *needles_of(customer.pk, with_names=False)]:
            yield _("Of customer %(number)s, who was erased, %(count)s texts are left that say who it was.") % {
                "number": customer.pk,
                "count": len(left),
            }


def suppressed_people_brought_back() -> Iterator[str]:
    """Yield contact points of erased people which are older than the erasure: something has brought them back.

    One that is newer is of somebody who came again by themselves, and is a new customer like any other.
    """
    kept = {one.digest: one.at for one in Suppression.objects.filter(is_shared=False)}
    if not kept:
        return
    key = pepper()
    points = ContactPoint.objects.order_by("pk").only("kind", "value", "created_at", "customer_id")
    for point in points.iterator(chunk_size=_AT_ONCE):
        at = kept.get(digest_of(point.kind, point.value, key))
        if at is not None and point.created_at < at:
            yield _("A contact point of customer %(number)s is of somebody who was erased later.") % {
                "number": point.customer_id
            }


def erasures_unfinished() -> Iterator[str]:
    late = Erasure.objects.exclude(state=Erasure.State.VERIFIED).filter(asked_at__lt=now() - _PATIENCE)
    for erasure in late.order_by("pk"):
        yield _("Erasure %(number)s has not been finished: it is %(state)s since %(day)s.") % {
            "number": erasure.pk,
            "state": erasure.get_state_display(),
            "day": (erasure.frozen_at or erasure.asked_at).date().isoformat(),
        }


INVARIANTS = (
    Invariant("erased-stay-erased", gettext_lazy("Nobody who was erased is here again."), erased_people_who_are_here),
    Invariant("erased-leave-nothing", gettext_lazy("Of erased people nothing is left."), erased_people_with_traces),
    Invariant(
        "erased-not-brought-back",
        gettext_lazy("No undo and no file has brought back an erased person's address."),
        suppressed_people_brought_back,
    ),
    Invariant("erasures-finish", gettext_lazy("Every erasure is finished."), erasures_unfinished),
)

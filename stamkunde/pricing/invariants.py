"""What must always hold of prices: offers can be read, and what holds is written down as holding."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit.invariants import Invariant
from stamkunde.pricing.models import Offer, OfferRun, OfferState
from stamkunde.pricing.queries.live import as_evaluated
from stamkunde.pricing.refusals import PricingRefused


def offers_nobody_can_read() -> Iterator[str]:
    for offer in Offer.objects.order_by("pk").iterator():
        try:
            as_evaluated(offer)
        except (PricingRefused, ValueError):
            yield _("What offer %(number)s takes off cannot be read. Pause it and write it anew.") % {
                "number": offer.pk
            }


def offers_without_their_run() -> Iterator[str]:
    running = OfferRun.objects.filter(offer=OuterRef("pk"), ended_at=None)
    odd = Offer.objects.annotate(runs_now=Exists(running)).filter(
        Q(state=OfferState.LIVE, runs_now=False) | (~Q(state=OfferState.LIVE) & Q(runs_now=True))
    )
    for number in odd.order_by("pk").values_list("pk", flat=True):
        yield _("Offer %(number)s is live, or is not, and was not written down so. Pause it and put it to work.") % {
            "number": number
        }


INVARIANTS = (
    Invariant("offers-readable", gettext_lazy("Every offer can be read."), offers_nobody_can_read),
    Invariant(
        "offers-run",
        gettext_lazy("Every live offer is written down as running, and no other."),
        offers_without_their_run,
    ),
)

"""What must always hold of prices: offers can be read, and what holds is written down as holding."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit.invariants import Invariant
from stamkunde.pricing.models import Offer, OfferRun, OfferState, Voucher, VoucherBatch, VoucherRedemption
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


def codes_unlike_their_uses() -> Iterator[str]:
    live = VoucherRedemption.objects.filter(reversed_at=None, voucher=OuterRef("pk")).order_by().values("voucher")
    counted = Coalesce(Subquery(live.annotate(found=Count("pk")).values("found")), 0)
    odd = Voucher.objects.annotate(counted=counted).exclude(used=F("counted")).select_related("batch")
    for voucher in odd.order_by("pk").iterator():
        yield _("A code of %(batch)s is said to have been used %(used)s times, and was used %(counted)s times.") % {
            "batch": voucher.batch.name,
            "used": voucher.used,
            "counted": voucher.counted,
        }


def batches_unlike_their_codes() -> Iterator[str]:
    there = Voucher.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
    counted = Coalesce(Subquery(there.annotate(found=Count("pk")).values("found")), 0)
    for batch in VoucherBatch.objects.annotate(counted=counted).exclude(made=F("counted")).order_by("pk"):
        yield _("The batch %(batch)s is said to have %(made)s codes, and has %(counted)s.") % {
            "batch": batch.name,
            "made": batch.made,
            "counted": batch.counted,
        }


INVARIANTS = (
    Invariant(
        "codes-used",
        gettext_lazy("Every code was used as often as it is said to have been."),
        codes_unlike_their_uses,
    ),
    Invariant(
        "batches-made", gettext_lazy("Every batch has the codes that it is said to have."), batches_unlike_their_codes
    ),
    Invariant("offers-readable", gettext_lazy("Every offer can be read."), offers_nobody_can_read),
    Invariant(
        "offers-run",
        gettext_lazy("Every live offer is written down as running, and no other."),
        offers_without_their_run,
    ),
)

"""What pricing holds about a person: offers and codes that are one customer's own."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from stamkunde.kit.clock import now
from stamkunde.kit.privacy import Holding, Sensitivity, deleting, register
from stamkunde.pricing.codes import drawn
from stamkunde.pricing.models import OfferOwner, Voucher, VoucherBatch, VoucherRedemption, VoucherReservation
from stamkunde.pricing.queries.codes import written


def own_offers(customer_id: int) -> Iterator[dict[str, Any]]:
    for row in OfferOwner.objects.filter(customer=customer_id).select_related("offer").order_by("pk"):
        yield {"offer": row.offer.name, "given_at": row.given_at}


def own_codes(customer_id: int) -> Iterator[dict[str, Any]]:
    for row in Voucher.objects.filter(owner=customer_id).select_related("batch").order_by("pk"):
        yield {"code": written(row), "batch": row.batch.name, "used": row.used}


def uses_of_own_codes(customer_id: int) -> Iterator[dict[str, Any]]:
    own = VoucherRedemption.objects.filter(voucher__owner=customer_id).select_related("voucher__batch", "store")
    for row in own.order_by("pk"):
        yield {"code": written(row.voucher), "at": row.at, "store": row.store.name if row.store else ""}


def holds_of_own_codes(customer_id: int) -> Iterator[dict[str, Any]]:
    own = VoucherReservation.objects.filter(voucher__owner=customer_id).select_related("voucher__batch", "store")
    for row in own.order_by("pk"):
        yield {"code": written(row.voucher), "at": row.at, "store": row.store.name if row.store else ""}


def forget_codes(customer_id: int) -> None:
    """Let the customer's own codes be nobody's, and their text, which may be a name, be another."""
    for own in Voucher.objects.filter(owner=customer_id):
        VoucherBatch.objects.filter(pk=own.batch_id).exclude(text="").update(text="")
        Voucher.objects.filter(pk=own.pk).update(code=drawn(), owner=None, blocked_at=own.blocked_at or now())


register(
    Holding(
        model=VoucherReservation,
        title=_("Baskets with a code of your own"),
        purpose=_("Not to let two use a code at once."),
        columns={
            "id": Sensitivity.NONE,
            "voucher": Sensitivity.BUSINESS,
            "key": Sensitivity.NONE,
            "store": Sensitivity.BEHAVIOUR,
            "till": Sensitivity.BUSINESS,
            "at": Sensitivity.BEHAVIOUR,
            "expires_at": Sensitivity.NONE,
        },
        export=holds_of_own_codes,
        forget=deleting(VoucherReservation, by="voucher__owner"),
    ),
    Holding(
        model=VoucherRedemption,
        title=_("Uses of a code of your own"),
        purpose=_("To let a code be used as often as it may be, and to know where it was."),
        columns={
            "id": Sensitivity.NONE,
            "voucher": Sensitivity.BUSINESS,
            "purchase": Sensitivity.NONE,
            "order_number": Sensitivity.NONE,
            "amount": Sensitivity.BUSINESS,
            "store": Sensitivity.BEHAVIOUR,
            "till": Sensitivity.BUSINESS,
            "at": Sensitivity.BEHAVIOUR,
            "by": Sensitivity.BUSINESS,
            "reversed_at": Sensitivity.NONE,
        },
        export=uses_of_own_codes,
    ),
    Holding(
        model=OfferOwner,
        title=_("Offers of your own"),
        purpose=_("To give a customer an offer that nobody else has."),
        columns={
            "id": Sensitivity.NONE,
            "offer": Sensitivity.BEHAVIOUR,
            "customer": Sensitivity.IDENTITY,
            "given_at": Sensitivity.BEHAVIOUR,
        },
        export=own_offers,
        forget=deleting(OfferOwner),
    ),
    Holding(
        model=Voucher,
        title=_("Codes of your own"),
        purpose=_("To let a code be used by the customer alone to whom it was given."),
        columns={
            "id": Sensitivity.NONE,
            "batch": Sensitivity.BUSINESS,
            "code": Sensitivity.BEHAVIOUR,
            "limit": Sensitivity.BUSINESS,
            "used": Sensitivity.BEHAVIOUR,
            "is_personal": Sensitivity.BUSINESS,
            "owner": Sensitivity.IDENTITY,
            "blocked_at": Sensitivity.BUSINESS,
        },
        export=own_codes,
        forget=forget_codes,
    ),
)

"""Codes and offers of the demo shop: a welcome to many, letters to some who have come with theirs, and birthdays."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from stamkunde.accounts.models import Store
from stamkunde.catalogue.models import Product
from stamkunde.customers.models import Customer
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.pricing.actions import BatchValues, add_batch, start_offer, write_offer
from stamkunde.pricing.actions.vouchers import draw_codes, end_making
from stamkunde.pricing.models import BatchKind, Offer, OnReturn, Voucher, VoucherBatch
from stamkunde.pricing.schemas import OfferValues
from stamkunde.sales.actions import register_order
from stamkunde.sales.values import LineValues, OrderValues, PaymentValues

LETTERS, CAME = 60, 14


def sell_with_codes(store: Store, products: Sequence[Product], customers: Sequence[Customer]) -> None:
    """Write a welcome code, letters with a code each of which some are used, and an offer around birthdays."""
    ends = (now() + timedelta(days=400)).date()
    until = {"ends": f"{ends.isoformat()}T23:59:59"}
    welcome = _offer("Welcome", "percent", {"basis_points": 1_000}, until | {"needs_code": True})
    _batch("Welcome to the newsletter", welcome, kind=BatchKind.GENERIC, text="VELKOMMEN10", limit=None)
    autumn = _offer(
        "Autumn letter",
        "amount",
        {"minor": 5_000},
        until | {"needs_code": True, "minimum": 20_000},
        layer="order",
        currency="NOK",
    )
    letters = _batch(
        "Letters of this autumn", autumn, kind=BatchKind.UNIQUE, wanted=LETTERS, on_return=OnReturn.GIVE_BACK
    )
    _offer("Happy birthday", "percent", {"basis_points": 1_500}, until | {"birthday_before": 3, "birthday_after": 7})
    _come_with_letters(letters, store, products, [one for one in customers if one.home_store_id == store.pk])


def _offer(
    name: str,
    kind: str,
    benefit: dict[str, int],
    conditions: dict[str, object],
    *,
    layer: str = "line",
    currency: str = "",
) -> Offer:
    values = OfferValues(name=name, kind=kind, benefit=benefit, conditions=conditions, layer=layer, currency=currency)
    return start_offer(write_offer(values, by=SYSTEM), by=SYSTEM)


def _batch(name: str, offer: Offer, **more: object) -> VoucherBatch:
    batch = add_batch(BatchValues(name=name, offer_id=offer.pk, **more), by=SYSTEM)  # type: ignore[arg-type]
    while draw_codes(batch.pk):
        pass
    end_making(batch.pk, by=SYSTEM)
    return batch


def _come_with_letters(
    batch: VoucherBatch, store: Store, products: Sequence[Product], customers: Sequence[Customer]
) -> None:
    codes = Voucher.objects.filter(batch=batch).order_by("pk").values_list("code", flat=True)[:CAME]
    for place, (code, customer) in enumerate(zip(codes, customers, strict=False)):
        lines = tuple(
            LineValues(product_id=products[(place + step) % len(products)].pk, quantity=Decimal(1 + step % 2))
            for step in range(3)
        )
        values = OrderValues(
            store_id=store.pk,
            customer_id=customer.pk,
            lines=lines,
            codes=(code,),
            payments=(PaymentValues(method="card"),),
        )
        register_order(values, by=SYSTEM, may_leave_out_codes=True)

"""What the demo shop has promised and not done yet: quotes in every state, deliveries, this week's bookings."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from stamkunde.accounts.models import Store, User
from stamkunde.catalogue.models import Product, ProductKind
from stamkunde.customers.models import Customer
from stamkunde.kit.actor import SYSTEM, Actor, ActorKind
from stamkunde.kit.clock import business_day, now, zone
from stamkunde.sales.actions.fulfilment import (
    BookingValues,
    DeliveryValues,
    OwedValues,
    book_time,
    move_delivery,
    plan_delivery,
    plan_handing_over,
)
from stamkunde.sales.actions.orders import register_order
from stamkunde.sales.actions.proposals import (
    ProposalLineValues,
    ProposalValues,
    answer_proposal,
    send_proposal,
    withdraw_proposal,
    write_proposal,
)
from stamkunde.sales.models import Channel, DeliveryState, Order, Proposal, Way
from stamkunde.sales.values import LineValues, OrderValues

_QUOTES = (
    ("Kurs og kaffe for hele laget", "draft"),
    ("Rengjøring av maskinen, to ganger i året", "sent"),
    ("Kaffe til kontoret", "accepted"),
    ("Ny kvern med opplæring", "declined"),
    ("Bryllupsgaver", "withdrawn"),
)
_WORDS = "Takk for praten! Dette er det vi ble enige om. Si fra om noe skal være annerledes."
_REASON = "Vi venter til over sommeren."
# The weekday, the hour and how many minutes each takes.
_TIMES = ((0, 10, 60), (1, 9, 90), (1, 13, 45), (2, 11, 60), (3, 15, 30), (4, 10, 60))


def promise(customers: Sequence[Customer], store: Store, products: dict[str, Product]) -> None:
    """Write quotes, plan deliveries and book times, by the calendar of the day on which the shop is made."""
    goods = [product for _sku, product in sorted(products.items()) if product.kind == ProductKind.GOODS][:6]
    services = [product for _sku, product in sorted(products.items()) if product.kind == ProductKind.SERVICE][:3]
    theirs = [one for one in customers if one.language == "nb" and one.trashed_at is None and one.restricted_at is None]
    chosen = theirs[3 :: max(1, len(theirs) // 12)]
    if len(chosen) < len(_QUOTES) or not (goods and services):
        return
    for place, (title, state) in enumerate(_QUOTES):
        _quote(chosen[place], store, title, state, services[place % len(services)], goods[place % len(goods)])
    for place, customer in enumerate(chosen[: len(goods)]):
        _delivery(customer, store, goods[place], place)
    _bookings(chosen, store, services)


def _quote(customer: Customer, store: Store, title: str, state: str, service: Product, thing: Product) -> None:
    proposal = write_proposal(
        ProposalValues(
            customer_id=customer.pk,
            store_id=store.pk,
            title=title,
            words=_WORDS,
            valid_until=business_day(now(), store.zone) + timedelta(days=21),
            discount_basis_points=500 if state == "accepted" else 0,
            lines=(
                ProposalLineValues(line=LineValues(product_id=service.pk, quantity=Decimal(2))),
                ProposalLineValues(line=LineValues(product_id=thing.pk), is_optional=True),
                ProposalLineValues(
                    line=LineValues(description="Oppmøte hos kunden", unit_price=45_000),
                    is_optional=True,
                    is_chosen=False,
                ),
            ),
        ),
        by=SYSTEM,
    )
    if state == "draft":
        return
    proposal, _token = send_proposal(proposal, version=proposal.version, by=SYSTEM)
    if state == "withdrawn":
        withdraw_proposal(proposal, by=SYSTEM)
    elif state != "sent":
        _answer(proposal, customer, accepts=state == "accepted")


def _answer(proposal: Proposal, customer: Customer, *, accepts: bool) -> None:
    answer_proposal(
        proposal,
        revision=proposal.revision,
        accepts=accepts,
        options=(2,) if accepts else (),
        reason="" if accepts else _REASON,
        by_link=True,
        by=Actor(ActorKind.CUSTOMER, customer.pk, customer.name),
    )


def _bought(customer: Customer, store: Store, product: Product, way: Way, quantity: int) -> Order:
    line = LineValues(product_id=product.pk, quantity=Decimal(quantity))
    values = OrderValues(store_id=store.pk, customer_id=customer.pk, channel=Channel.PHONE, lines=(line,))
    order = register_order(values, by=SYSTEM)
    wanted = business_day(now(), store.zone) + timedelta(days=quantity)
    plan_handing_over(order, [OwedValues(order_line_id=order.lines.get().pk, way=way, wanted_on=wanted)], by=SYSTEM)
    return order


def _delivery(customer: Customer, store: Store, product: Product, place: int) -> None:
    """Leave a third open, plan a third in part, and have a third on its way."""
    order = _bought(customer, store, product, Way.PICK_UP if place % 2 else Way.DELIVER, 2 + place % 3)
    if place % 3 == 0:
        return
    lines = ((order.owed.get().pk, Decimal(1)),)
    delivery = plan_delivery(
        DeliveryValues(order_id=order.pk, lines=lines, planned_on=business_day(now(), store.zone)), by=SYSTEM
    )
    if place % 3 == 2 and delivery.way == Way.DELIVER:
        move_delivery(delivery, DeliveryState.SENT, version=1, tracking="70730000000000001234", by=SYSTEM)


def _bookings(customers: Sequence[Customer], store: Store, services: Sequence[Product]) -> None:
    staff = [user for user in User.objects.filter(is_active=True).order_by("pk") if user.works_in(store.pk)]
    today = business_day(now(), store.zone)
    monday = today - timedelta(days=today.weekday())
    for place, (weekday, hour, minutes) in enumerate(_TIMES if staff else ()):
        customer = customers[place % len(customers)]
        order = _bought(customer, store, services[place % len(services)], Way.BOOK, 1)
        begins_at = datetime.combine(monday + timedelta(days=weekday), time(hour), tzinfo=zone(store.zone))
        book_time(
            BookingValues(
                owed_id=order.owed.get().pk,
                staff_id=staff[place % len(staff)].pk,
                begins_at=begins_at,
                minutes=minutes,
            ),
            by=SYSTEM,
        )

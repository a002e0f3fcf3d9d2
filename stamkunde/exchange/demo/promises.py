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
_SUNDAY = 7
_REASON = "Vi venter til over sommeren."
# How many days after today, at which hour and how many minutes each takes; more where the day is a Sunday.
_TIMES = (
    (-1, 11, 60), (0, 9, 45), (0, 10, 60), (0, 13, 30), (0, 15, 60), (1, 10, 60), (1, 14, 90), (2, 11, 45), (3, 9, 60),
    (3, 13, 60), (4, 15, 30), (5, 10, 60), (6, 12, 60),
)  # fmt: skip
# How many things each customer has delivered, after how many days, and how far that has come.
_DELIVERIES: tuple[tuple[int, int, DeliveryState | None], ...] = (
    (2, 0, DeliveryState.PLANNED), (1, 0, DeliveryState.SENT), (3, 0, DeliveryState.PLANNED), (1, 1, None),
    (2, 1, DeliveryState.PLANNED), (4, 2, DeliveryState.PLANNED), (1, 3, None), (2, 5, DeliveryState.PLANNED),
)  # fmt: skip


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
    for place, (customer, wanted) in enumerate(zip(chosen, _DELIVERIES, strict=False)):
        _delivery(customer, store, goods[place % len(goods)], place, wanted)
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


def _bought(customer: Customer, store: Store, product: Product, way: Way, quantity: int, wanted_in: int) -> Order:
    line = LineValues(product_id=product.pk, quantity=Decimal(quantity))
    values = OrderValues(store_id=store.pk, customer_id=customer.pk, channel=Channel.PHONE, lines=(line,))
    order = register_order(values, by=SYSTEM)
    wanted = business_day(now(), store.zone) + timedelta(days=wanted_in)
    plan_handing_over(order, [OwedValues(order_line_id=order.lines.get().pk, way=way, wanted_on=wanted)], by=SYSTEM)
    return order


def _delivery(
    customer: Customer, store: Store, product: Product, place: int, wanted: tuple[int, int, DeliveryState | None]
) -> None:
    """Leave some open; of the others plan all, and of each fourth one thing only."""
    quantity, days, state = wanted
    way = Way.DELIVER if state == DeliveryState.SENT or place % 2 == 0 else Way.PICK_UP
    order = _bought(customer, store, product, way, quantity, days)
    if state is None:
        return
    lines = ((order.owed.get().pk, Decimal(1 if place % 4 == 2 else quantity)),)
    planned = business_day(now(), store.zone) + timedelta(days=days)
    delivery = plan_delivery(DeliveryValues(order_id=order.pk, lines=lines, planned_on=planned), by=SYSTEM)
    if state == DeliveryState.SENT:
        move_delivery(delivery, state, version=1, tracking="70730000000000001234", by=SYSTEM)


def _bookings(customers: Sequence[Customer], store: Store, services: Sequence[Product]) -> None:
    staff = [user for user in User.objects.filter(is_active=True).order_by("pk") if user.works_in(store.pk)]
    today = business_day(now(), store.zone)
    for place, (days, hour, minutes) in enumerate(_TIMES if staff else ()):
        day = today + timedelta(days=days)
        if day.isoweekday() == _SUNDAY and day != today:
            day += timedelta(days=days if days < 0 else 1)
        order = _bought(customers[place % len(customers)], store, services[place % len(services)], Way.BOOK, 1, days)
        book_time(
            BookingValues(
                owed_id=order.owed.get().pk,
                staff_id=staff[place % len(staff)].pk,
                begins_at=datetime.combine(day, time(hour, place % 2 * 30), tzinfo=zone(store.zone)),
                minutes=minutes,
            ),
            by=SYSTEM,
        )

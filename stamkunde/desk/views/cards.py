"""The cards at the right of a customer's page, each fetched when it comes into view."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.catalogue.access import SEE as SEE_PRODUCTS
from stamkunde.conversations.access import ANSWER
from stamkunde.conversations.access import SEE as SEE_CONVERSATIONS
from stamkunde.conversations.models import Conversation
from stamkunde.conversations.queries.composing import open_of_customer
from stamkunde.conversations.shown_times import ago, is_long, waits_in_words
from stamkunde.customers.access import customer_for
from stamkunde.customers.models import Customer
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.kit.policy import requires
from stamkunde.loyalty.access import SEE as SEE_MEMBERS
from stamkunde.loyalty.access import visible_memberships
from stamkunde.loyalty.models import Membership, MembershipState
from stamkunde.loyalty.shown_points import ShownPoints, shown_points
from stamkunde.sales.access import GIFT_CARDS, open_orders
from stamkunde.sales.access import SEE as SEE_SALES
from stamkunde.sales.models import Order
from stamkunde.sales.queries import (
    favourite_products,
    monthly_purchases,
    orders_of_customer,
    past_years,
    purchase_sums,
)
from stamkunde.sales.queries.gift_cards import cards_of_customer
from stamkunde.sales.queries.lists import order_row
from stamkunde.tasks.access import DO
from stamkunde.tasks.access import SEE as SEE_TASKS
from stamkunde.tasks.queries import shown_tasks, tasks_of_customer

LATEST = 4
TASKS = 6
MOST_TALKS = 4


@dataclass(frozen=True)
class Talk:
    """A conversation as a card shows it."""

    conversation: Conversation
    waits: str
    is_late: bool
    at: str


def card_urls(user: User, pk: int) -> dict[str, str]:
    """Return the addresses of the cards a person may see of a customer, in their order from the top."""
    order = (
        (SEE_SALES.name, "desk:purchases_card"),
        (SEE_CONVERSATIONS.name, "desk:conversations_card"),
        (SEE_SALES.name, "desk:favourites_card"),
        (SEE_TASKS.name, "desk:tasks_card"),
        (SEE_MEMBERS.name, "loyalty:customer_card"),
    )
    return {view: reverse(view, args=[pk]) for permission, view in order if user.may(permission)}


def _next(request: HttpRequest, pk: int) -> str:
    """Return the address of the card beneath this one: each brings the next, so that none below ever moves."""
    urls = list(card_urls(signed_in(request), pk).values())
    place = urls.index(request.path) + 1 if request.path in urls else len(urls)
    return urls[place] if place < len(urls) else ""


def _seen(request: HttpRequest, pk: int) -> Customer:
    return customer_for(signed_in(request), pk, or_trashed=True)


@requires(SEE_SALES.name)
@require_safe
def purchases_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was bought in the last twelve months, in all, and lately."""
    customer = _seen(request, pk)
    sums = [own for own in purchase_sums(customer) if own.orders]
    latest = orders_of_customer(pk, among=open_orders(signed_in(request)), size=LATEST).rows
    context = {
        "customer": customer,
        "next_url": _next(request, pk),
        "chart": monthly_purchases(customer, sums[0].currency) if sums else None,
        "sums": [(shown.amount(own.net, own.currency), own.orders) for own in sums],
        "orders": [(order_row(order, what=_said(order)), shown.day(order.business_day)) for order in latest],
        "years": past_years(customer),
        "points": _points(request, customer),
        "gift_cards": cards_of_customer(pk) if signed_in(request).may(GIFT_CARDS.name) else [],
    }
    return render(request, "desk/cards/purchases.html", context)


def _points(request: HttpRequest, customer: Customer) -> list[tuple[Membership, ShownPoints]]:
    """Return each membership with what there is in it, as far as the reader may see members."""
    rows = visible_memberships(signed_in(request)).filter(customer=customer).exclude(state=MembershipState.CLOSED)
    return [(row, shown_points(row, now())) for row in rows.select_related("programme").order_by("pk")]


def _said(order: Order) -> str:
    return ", ".join(line.description for line in order.lines.all()[:3])


@requires(SEE_SALES.name)
@require_safe
def favourites_card(request: HttpRequest, pk: int) -> HttpResponse:
    customer, user = _seen(request, pk), signed_in(request)
    context = {
        "customer": customer,
        "favourites": favourite_products(customer),
        "may_see_products": user.may(SEE_PRODUCTS.name),
        "next_url": _next(request, pk),
    }
    return render(request, "desk/cards/favourites.html", context)


@requires(SEE_TASKS.name)
@require_safe
def tasks_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is to be done for a customer, the soonest first."""
    customer, user = _seen(request, pk), signed_in(request)
    context = {
        "customer": customer,
        "tasks": shown_tasks(tasks_of_customer(user, pk, limit=TASKS)),
        "may_do": user.may(DO.name) and customer.trashed_at is None,
        "next_url": _next(request, pk),
    }
    return render(request, "desk/cards/tasks.html", context)


@requires(SEE_CONVERSATIONS.name)
@require_safe
def conversations_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is being talked about: what was said last, and since when the customer waits."""
    customer, user = _seen(request, pk), signed_in(request)
    found = list(open_of_customer(user, pk)[: MOST_TALKS + 1])
    at = now()
    context = {
        "customer": customer,
        "talks": [
            Talk(one, waits_in_words(one.waiting_since, at), is_long(one.waiting_since, at), ago(one.last_message_at))
            for one in found[:MOST_TALKS]
        ],
        "are_more": len(found) > MOST_TALKS,
        "may_write": user.may(ANSWER.name) and not customer.trashed_at,
        "next_url": _next(request, pk),
    }
    return render(request, "desk/cards/conversations.html", context)

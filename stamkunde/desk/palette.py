"""The palette: one box that finds people, receipts, products, actions and pages, and shows only what one may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accounts.models import User
from stamkunde.catalogue.access import SEE as SEE_PRODUCTS
from stamkunde.catalogue.access import visible_products
from stamkunde.catalogue.queries import find_products
from stamkunde.conversations.access import SEE as SEE_CONVERSATIONS
from stamkunde.conversations.queries import search_conversations
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.access import visible_customers
from stamkunde.customers.forms.creating import country_of
from stamkunde.customers.models import Customer, LookUp
from stamkunde.customers.naming import read_newcomer
from stamkunde.customers.recognition.candidates import Candidate, recognise
from stamkunde.desk.places import Place, all_places, may_go
from stamkunde.kit import shown
from stamkunde.kit.actor import ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.folding import fold
from stamkunde.sales.access import SEE as SEE_SALES
from stamkunde.sales.access import open_orders
from stamkunde.sales.models import Order
from stamkunde.sales.numbered import with_number

IN_A_GROUP = 6
LATELY = 10
LOOKED_THROUGH = 80
LONGEST = 200
FEWEST_LETTERS_SAID = 3
PREFIXES = {"@": "customers", "#": "orders", ">": "actions", "/": "pages"}


@dataclass(frozen=True)
class Item:
    url: str
    label: str
    hint: str = ""
    icon: str = ""
    key: str = ""
    customer_id: int | None = None


@dataclass(frozen=True)
class Group:
    label: Any
    items: list[Item]


@dataclass(frozen=True)
class CustomerAction:
    """What can be done with the customer whose page is open; `{name}` stands for her in the label."""

    label: Any
    view: str
    icon: str
    permission: str
    is_query: bool = False
    anchor: str = ""


CUSTOMER_ACTIONS = (
    CustomerAction(
        gettext_lazy("Register a purchase for %(name)s"),
        "sales:order_new",
        "shopping-bag",
        "sales.register",
        is_query=True,
    ),
    CustomerAction(
        gettext_lazy("Write a note about %(name)s"), "desk:customer", "note", "customers.note", anchor="#note-text"
    ),
    CustomerAction(
        gettext_lazy("Write to %(name)s"), "conversations:new", "pencil", "conversations.answer", is_query=True
    ),
    CustomerAction(
        gettext_lazy("Text message to %(name)s"),
        "conversations:new_text",
        "device-mobile",
        "conversations.answer",
        is_query=True,
    ),
    CustomerAction(gettext_lazy("New task for %(name)s"), "tasks:task_new", "checklist", "tasks.do", is_query=True),
    CustomerAction(gettext_lazy("Find people like %(name)s"), "desk:people_alike", "users", "customers.see"),
    CustomerAction(
        gettext_lazy("Put off getting in touch with %(name)s"), "desk:put_off", "calendar-event", "customers.note"
    ),
)


def results(text: str, user: User, context: str = "") -> list[Group]:
    """Return what the box shows for a text; for an empty one, what can be done and who was seen last."""
    text = " ".join(text.replace("\0", " ").split())[:LONGEST]
    only = PREFIXES.get(text[:1], "")
    words = text[1:].strip() if only else text
    if not words and only in {"", "customers"}:
        groups = [*([] if only else _actions("", user, context)), _lately(user)]
    else:
        groups = _matching(words, user, context, only)
    return [group for group in groups if group.items]


def _matching(words: str, user: User, context: str, only: str) -> list[Group]:
    groups: list[Group] = []
    people = _people(words, user) if only in {"", "customers"} else []
    if people:
        groups.append(Group(_("Customers"), people))
    if only in {"", "orders"}:
        groups.append(Group(_("Receipts"), _orders(words, user)))
    if only in {"", "orders"}:
        groups.append(Group(_("Conversations"), _conversations(words, user)))
    if not only:
        groups.append(Group(_("Products"), _products(words, user)))
    if only in {"", "actions"}:
        groups += _actions(words, user, context)
    if only in {"", "pages"}:
        groups += _pages(words, user)
    if only in {"", "customers"} and words and user.may("customers.create") and user.may(SEE_CUSTOMERS.name):
        new = Group(_("New"), [_create(words, user)])
        # Enter takes the first one: nobody found means that the name typed becomes a customer.
        groups.append(new) if any(group.items for group in groups) else groups.insert(0, new)
    return groups


def _people(words: str, user: User) -> list[Item]:
    if not user.may(SEE_CUSTOMERS.name):
        return []
    found = recognise(words, store_id=user.store_id, limit=IN_A_GROUP, now=now())
    return [
        Item(
            reverse("desk:customer", args=[one.customer_id]),
            one.name,
            hint=_told_apart(one),
            icon="user",
            customer_id=one.customer_id,
        )
        for one in found
    ]


def _told_apart(one: Candidate) -> str:
    """Return what tells the person from a namesake, never more than needed."""
    seen = shown.day(one.last_visit_at.date()) if one.last_visit_at else ""
    parts = [one.town, str(one.birth_year or ""), *one.masked[:1], *one.chips[:1]]
    known = [part for part in parts if part][:3]
    return " · ".join(known or ([_("last here %(day)s") % {"day": seen}] if seen else []))


def _lately(user: User) -> Group:
    """Return whom the person looked at last."""
    if not user.may(SEE_CUSTOMERS.name):
        return Group(_("Lately"), [])
    looks = LookUp.objects.filter(actor_kind=ActorKind.STAFF.value, actor_id=user.pk).order_by("-at")
    ids = list(dict.fromkeys(looks.values_list("customer_id", flat=True)[:LOOKED_THROUGH]))[:LATELY]
    people = visible_customers(user).in_bulk(ids)
    found = [people[pk] for pk in ids if pk in people]
    return Group(_("Lately"), [_person(customer) for customer in found])


def _person(customer: Customer) -> Item:
    return Item(reverse("desk:customer", args=[customer.pk]), customer.name, icon="user")


def _orders(words: str, user: User) -> list[Item]:
    if not user.may(SEE_SALES.name) or len(words) > 60:
        return []
    same = Q(pk__in=with_number(Order, words))
    if words.isascii() and words.isdigit() and len(words) < 18:
        same |= Q(pk=int(words))
    orders = open_orders(user).filter(same).select_related("store").order_by("-placed_at")[:IN_A_GROUP]
    return [
        Item(
            reverse("sales:order", args=[order.pk]),
            _("Receipt %(number)s") % {"number": order.receipt_number or order.pk},
            hint=f"{shown.day(order.business_day)} · {order.store.name} · {shown.amount(order.total, order.currency)}",
            icon="receipt",
        )
        for order in orders
    ]


def _conversations(words: str, user: User) -> list[Item]:
    if not user.may(SEE_CONVERSATIONS.name) or len(words) < FEWEST_LETTERS_SAID and not words.isdigit():
        return []
    found = search_conversations(user, words, size=IN_A_GROUP).conversations
    return [
        Item(
            reverse("conversations:conversation", args=[talk.pk]),
            talk.subject or f"#{talk.pk}",
            hint=" · ".join(part for part in (f"#{talk.pk}", talk.customer.name if talk.customer else "") if part),
            icon="message",
        )
        for talk in found
    ]


def _products(words: str, user: User) -> list[Item]:
    if not user.may(SEE_PRODUCTS.name):
        return []
    found = find_products(words, products=visible_products(user), limit=IN_A_GROUP)
    return [
        Item(reverse("catalogue:product", args=[product.pk]), product.name, hint=product.sku, icon="package")
        for product in found
    ]


def _actions(words: str, user: User, context: str) -> list[Group]:
    items = [*_customer_actions(user, context), *(_item(place) for place in _permitted(user) if place.is_action)]
    return [Group(_("Actions"), _fitting(items, words))]


def _customer_actions(user: User, context: str) -> list[Item]:
    kind, _colon, number = context.partition(":")
    if kind != "customer" or not (number.isascii() and number.isdigit() and len(number) < 18):
        return []
    customer = visible_customers(user).filter(pk=int(number)).first()
    if customer is None:
        return []
    items = []
    for action in CUSTOMER_ACTIONS:
        if user.may(action.permission):
            args = [] if action.is_query else [customer.pk]
            url = reverse(action.view, args=args) + (f"?customer={customer.pk}" if action.is_query else action.anchor)
            items.append(Item(url, action.label % {"name": customer.name}, icon=action.icon))
    return items


def _pages(words: str, user: User) -> list[Group]:
    places = [place for place in _permitted(user) if not place.is_action]
    return [
        Group(_("Go to"), _fitting([_item(place) for place in places if not place.is_setting], words)),
        Group(_("Settings"), _fitting([_item(place) for place in places if place.is_setting], words)),
    ]


def _permitted(user: User) -> Iterable[Place]:
    return (place for place in all_places() if may_go(place, user))


def _item(place: Place) -> Item:
    return Item(reverse(place.view), str(place.label), icon=place.icon, key=place.key.upper())


def _fitting(items: list[Item], words: str) -> list[Item]:
    """Keep what has every word typed at the beginning of one of its own."""
    asked = fold(words).split()
    if not asked:
        return items
    return [
        item for item in items if all(any(own.startswith(word) for own in fold(item.label).split()) for word in asked)
    ][:IN_A_GROUP]


def _create(words: str, user: User) -> Item:
    url = f"{reverse('customers:new')}?{urlencode({'name': words})}"
    found = read_newcomer(words, country_of(user))
    known = " · ".join(text for text in (found.phone, found.email) if text)
    if not found.name:
        return Item(url, _("New customer with %(contact)s") % {"contact": known}, icon="user-plus")
    hint = " · ".join(text for text in (_("as a new customer"), known) if text)
    return Item(url, _("Create “%(name)s”") % {"name": found.name}, hint=hint, icon="user-plus")

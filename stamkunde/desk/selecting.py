"""Whom a selection of customers means: the rows ticked, or everybody that a view lists, kept as its filters."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.access import visible_customers
from stamkunde.customers.models import Customer
from stamkunde.desk.list_filters import customer_filters
from stamkunde.desk.list_query import OwnFieldOrder, fitting_customers, order_named, values_of
from stamkunde.desk.list_state import ListState
from stamkunde.kit.filtering import FilterError, Filters
from stamkunde.kit.paging import Order
from stamkunde.kit.selections import Selection, SelectionError
from stamkunde.sales.models import PurchaseSummary

ENTITY = "customers"
BY_NUMBER = Order("pk", falling=False)


def ticked(ids: list[int]) -> Selection:
    return {"entity": ENTITY, "ids": ids}


def everybody_in(state: ListState) -> Selection:
    """Keep a view as what it lists: its filters, and its order where that leaves out those without the figure."""
    return {"entity": ENTITY, "filters": state.written_filters, "sort": state.sort.removeprefix("-")}


def selected_customers(user: Any, selection: Selection) -> QuerySet[Customer]:
    """Return whom a kept selection means now; one that is no longer understood means nobody, and says so."""
    visible = visible_customers(user)
    if "ids" in selection:
        return visible.filter(pk__in=selection["ids"])
    try:
        filters = customer_filters().read((name, written) for name, written in selection["filters"])
        order = order_named(selection["sort"])
    except (FilterError, KeyError) as error:
        raise SelectionError(
            _("The view was changed so that its filters can no longer be read. Open the list and select anew.")
        ) from error
    with timezone.override(the_shop().zone):
        return listed(visible, filters, order)


def listed(visible: QuerySet[Customer], filters: Filters, order: Order) -> QuerySet[Customer]:
    """Return all whom a list shows, however many pages it takes."""
    rows = fitting_customers(visible, filters, BY_NUMBER)
    if isinstance(order, OwnFieldOrder):
        return rows.filter(Exists(values_of(order).filter(customer_id=OuterRef("pk"))))
    if order.field == "net":
        bought = PurchaseSummary.objects.filter(currency=the_shop().currency, customer_id=OuterRef("pk"))
        return rows.filter(Exists(bought.filter(net__isnull=False)))
    return rows.filter(**{f"{order.field}__isnull": False})


def number_listed(user: User, state: ListState) -> int:
    """Count everybody a view lists, to the last one; asked only by who is about to select them."""
    return listed(visible_customers(user), state.filters, order_named(state.sort)).order_by().count()

"""What sales lets people do, and which purchases and returns a person may look at."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.access import REMOVE as REMOVE_CUSTOMERS
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.models import Customer
from stamkunde.kit.policy import Permission
from stamkunde.sales.models import Order, Return

M = TypeVar("M", bound=Model)

SEE = Permission("sales.see", _("See purchases and returns."))
REGISTER = Permission("sales.register", _("Register purchases and say whose they are."))
RETURN = Permission("sales.return", _("Take goods back and give money back for them."))
SET_PRICE = Permission("sales.set_price", _("Sell a product at another price than that of the list."))

PERMISSIONS = (SEE, REGISTER, RETURN, SET_PRICE)


def most_discount(user: User) -> int | None:
    """Return how many percent somebody may take off; None for any."""
    return None if user.may(SET_PRICE.name) else the_shop().most_discount


def visible_orders(user: User) -> QuerySet[Order]:
    """Return the purchases that a person's lists, sums and files hold: of the stores the person works in."""
    return _in_own_stores(Order.objects.all(), user) if user.may(SEE.name) else Order.objects.none()


def visible_returns(user: User) -> QuerySet[Return]:
    return _in_own_stores(Return.objects.all(), user) if user.may(SEE.name) else Return.objects.none()


def open_orders(user: User) -> QuerySet[Order]:
    """Return the purchases a person may look at one by one.

    A receipt is brought to whichever store is nearest: those who take goods back open each, of other stores too.
    """
    return Order.objects.all() if user.may(SEE.name) and user.may(RETURN.name) else visible_orders(user)


def open_returns(user: User) -> QuerySet[Return]:
    return Return.objects.all() if user.may(SEE.name) and user.may(RETURN.name) else visible_returns(user)


def _in_own_stores(rows: QuerySet[M], user: User) -> QuerySet[M]:
    return rows if user.own_store_ids is None else rows.filter(store__in=user.own_store_ids)


def named(user: User, customer: Customer | None) -> Customer | None:
    """Return whose it was, if the person may know: one in the trash is named to those who may take her back."""
    if customer is None or not user.may(SEE_CUSTOMERS.name):
        return None
    if customer.restricted_at is not None:
        return None
    return customer if customer.trashed_at is None or user.may(REMOVE_CUSTOMERS.name) else None


def order_for(user: User, pk: int) -> Order:
    order = open_orders(user).select_related("store", "till", "customer").filter(pk=pk).first()
    if order is None:
        raise Http404
    return order


def may_say_whose(user: User, order: Order) -> bool:
    """Say whether somebody may write down whose purchase it was: those bound to stores, in these alone."""
    return user.may(REGISTER.name) and (user.own_store_ids is None or order.store_id in user.own_store_ids)


def own_order_for(user: User, pk: int) -> Order:
    """Return a purchase of which a person may say whose it was; another store's can be read and not changed."""
    order = order_for(user, pk)
    if not may_say_whose(user, order):
        raise PermissionDenied
    return order


def return_for(user: User, pk: int) -> Return:
    returned = open_returns(user).select_related("store", "till", "customer").filter(pk=pk).first()
    if returned is None:
        raise Http404
    return returned

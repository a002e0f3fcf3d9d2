"""The page of a list that its state asks for: in the list's order, or those whom words mean."""

from collections.abc import Iterable
from typing import Any

from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.access import visible_customers
from stamkunde.customers.models import Customer
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.desk.list_query import page_of_customers
from stamkunde.desk.list_state import ListState
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Page


def listed_page(user: User, state: ListState, *, mark: str, size: int, needs: Iterable[str]) -> Page[Any]:
    """Return a page with the columns that are needed; words have one page, the likeliest first."""
    if state.search:
        return _found(user, state, size, needs)
    return page_of_customers(
        visible_customers(user),
        state.filters,
        state.sort,
        mark=mark,
        size=size,
        needs=list(needs),
        currency=the_shop().currency,
    )


def _found(user: User, state: ListState, size: int, needs: Iterable[str]) -> Page[Customer]:
    """Return those whom the words mean, as far as the filters let them through."""
    ids = [found.customer_id for found in recognise(state.search, store_id=user.store_id, limit=size, now=now())]
    fitting = visible_customers(user).filter(state.filters.condition(), pk__in=ids).only("pk", *needs)
    by_id = {customer.pk: customer for customer in fitting}
    return Page([by_id[pk] for pk in ids if pk in by_id], "", "")

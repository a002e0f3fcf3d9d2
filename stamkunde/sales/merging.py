"""How purchases follow a customer when two profiles become one: whose they are changes, not what stands on them."""

from django.utils.translation import gettext_lazy

from stamkunde.kit import shown
from stamkunde.kit.merging import Follower, Later, Settled, Stays, register
from stamkunde.sales.actions.figures import refresh_summaries
from stamkunde.sales.events import OrderCustomerChanged, OrderPlaced, ReturnRegistered
from stamkunde.sales.models import Order, PurchaseSummary, Return


def _said_order(order: Order) -> str:
    return f"{shown.amount(order.total, order.currency)} · {order.store.name}"


def _said_return(returned: Return) -> str:
    return f"{shown.amount(-returned.total, returned.currency)} · {returned.store.name}"


register(
    Follower(
        model=Order,
        later=Later(
            label=gettext_lazy("Purchases"),
            at="recorded_at",
            said=_said_order,
            happenings=(OrderPlaced.name, OrderCustomerChanged.name),
            related=("store",),
        ),
    ),
    Follower(
        model=Return,
        later=Later(
            label=gettext_lazy("Returns"),
            at="recorded_at",
            said=_said_return,
            happenings=(ReturnRegistered.name,),
            related=("store",),
        ),
    ),
    Stays(model=PurchaseSummary, column="customer", why="The sums are worked out anew from the purchases."),
    Settled(name="sales.figures", settle=refresh_summaries),
)

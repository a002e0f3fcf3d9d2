"""Letters: what is needed to write one, the queue of those that wait, and what became of the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accounts.models import Store, User
from stamkunde.conversations.access import visible_conversations
from stamkunde.conversations.models import Dispatch, DispatchState, Letter, PrintRun
from stamkunde.conversations.postage import costs
from stamkunde.customers.models import Address, ContactKind, ContactPoint, ContactStatus
from stamkunde.kit.paging import Order, Page, page

AT_ONCE = 100
NEWEST_FIRST = Order("pk")
OLDEST_FIRST = Order("pk", falling=False)


class Pile(StrEnum):
    """The lists of letters."""

    WAITING = "waiting"
    PRINTED = "printed"
    POSTED = "posted"
    RETURNED = "returned"


PILES = {
    Pile.WAITING: gettext_lazy("To be printed"),
    Pile.PRINTED: gettext_lazy("Printed, to be posted"),
    Pile.POSTED: gettext_lazy("Posted"),
    Pile.RETURNED: gettext_lazy("Came back"),
}
STATES = {
    Pile.WAITING: DispatchState.QUEUED,
    Pile.PRINTED: DispatchState.PRINTED,
    Pile.POSTED: DispatchState.SENT,
    Pile.RETURNED: DispatchState.BOUNCED,
}


def instead_of_letters(customer_id: int) -> str:
    """Say how else a customer is reached than by post."""
    points = ContactPoint.objects.filter(customer=customer_id).exclude(status=ContactStatus.FAILING)
    for kind in (ContactKind.PHONE, ContactKind.EMAIL):
        point = points.filter(kind=kind).order_by("-is_preferred", "pk").first()
        if point is not None and kind == ContactKind.PHONE:
            return _("Call %(number)s instead, and ask for an address that works.") % {
                "number": point.raw or point.value
            }
        if point is not None:
            return _("Write to %(address)s instead, and ask where letters reach them.") % {"address": point.value}
    return _("Ask the customer for their address when they are in the store.")


def addresses_of(customer_id: int) -> list[Address]:
    """Return a customer's addresses, those first that letters may reach."""
    rows = list(Address.objects.filter(customer=customer_id).order_by("-is_preferred", "pk"))
    return sorted(rows, key=lambda one: one.status == ContactStatus.FAILING)


def open_stores() -> dict[int, Store]:
    return {store.pk: store for store in Store.objects.filter(is_open=True)}


def visible_letters(user: User) -> QuerySet[Letter]:
    """Return the letters of conversations a person may read, each with what its paper needs."""
    rows = Letter.objects.filter(message__conversation__in=visible_conversations(user))
    return rows.select_related("message__dispatch", "message__conversation__customer", "store", "run", "address")


def with_papers(numbers: Sequence[int]) -> list[Letter]:
    """Return letters with all that stands on their paper, in the order of their numbers."""
    rows = Letter.objects.filter(pk__in=numbers).select_related("message", "store")
    return list(rows.prefetch_related("message__attachments").order_by("pk"))


@dataclass(frozen=True, kw_only=True)
class InPile:
    """A letter in a list, with what it costs to post, as far as the shop has said."""

    letter: Letter
    price: int | None
    currency: str
    is_address_bad: bool


def pile(
    user: User,
    name: Pile,
    *,
    store_id: int | None = None,
    team_id: int | None = None,
    run_id: int | None = None,
    mark: str = "",
    size: int = AT_ONCE,
) -> tuple[list[InPile], Page[Letter]]:
    """Return a page of a list of letters: those that wait in the order they were written, the others newest first."""
    rows = visible_letters(user).filter(message__dispatch__state=STATES[name])
    if store_id is not None:
        rows = rows.filter(store=store_id)
    if team_id is not None:
        rows = rows.filter(message__conversation__team=team_id)
    if run_id is not None:
        rows = rows.filter(run=run_id)
    order = OLDEST_FIRST if name in (Pile.WAITING, Pile.PRINTED) else NEWEST_FIRST
    found = page(rows, order, mark=mark, size=size)
    return in_pile(found.rows), found


def in_pile(letters: Sequence[Letter]) -> list[InPile]:
    prices = costs([one for one in letters if one.cost is None])
    return [
        InPile(
            letter=one,
            price=one.cost if one.cost is not None else prices.get(one.pk, (None, ""))[0],
            currency=one.currency or prices.get(one.pk, (None, ""))[1],
            is_address_bad=one.address is not None and one.address.status == ContactStatus.FAILING,
        )
        for one in letters
    ]


def pile_counts(user: User, store_id: int | None = None) -> dict[str, int]:
    """Return how many letters wait to be printed and to be posted."""
    open_states = [DispatchState.QUEUED, DispatchState.PRINTED]
    rows = Dispatch.objects.filter(
        state__in=open_states, mailbox=None, message__letter__isnull=False,
        message__conversation__in=visible_conversations(user),
    )  # fmt: skip
    if store_id is not None:
        rows = rows.filter(message__letter__store=store_id)
    counted = dict(rows.order_by().values_list("state").annotate(number=Count("pk")))
    return {
        Pile.WAITING: counted.get(DispatchState.QUEUED, 0),
        Pile.PRINTED: counted.get(DispatchState.PRINTED, 0),
    }


def open_runs(user: User) -> list[PrintRun]:
    """Return the print runs whose letters were not all posted, the newest first."""
    numbers = visible_letters(user).filter(message__dispatch__state=DispatchState.PRINTED, run__isnull=False)
    rows = PrintRun.objects.filter(pk__in=numbers.order_by().values("run"))
    return list(rows.select_related("store").order_by("-pk")[:20])


@dataclass(frozen=True)
class RunFigures:
    """What a print run holds now: letters that are still on their way to the post, posted ones, and their cost."""

    printed: int
    posted: int
    cost: int
    currency: str


def run_figures(run: PrintRun) -> RunFigures:
    rows = Letter.objects.filter(run=run)
    printed = rows.filter(message__dispatch__state=DispatchState.PRINTED).count()
    gone = rows.filter(posted_on__isnull=False)
    summed = gone.aggregate(number=Count("pk"), cost=Sum("cost"))
    currency = gone.exclude(currency="").values_list("currency", flat=True).first() or ""
    return RunFigures(printed, summed["number"], summed["cost"] or 0, currency)

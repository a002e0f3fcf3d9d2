"""The lists of tasks, and the card of them on a customer's page."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import visible_customers
from stamkunde.customers.models import Customer
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.tasks.access import DO, SEE
from stamkunde.tasks.forms import next_tries
from stamkunde.tasks.models import TaskKind
from stamkunde.tasks.queries import LISTS, List, ShownTask, list_counts, shown_tasks, tasks_page


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool
    count: int | str


@requires(SEE.name)
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    chosen = request.GET.get("list", "")
    name = chosen if chosen in LISTS else List.MINE
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in TaskKind else ""
    customer = asked_customer(request)
    customer_id = customer.pk if customer else None
    try:
        page = tasks_page(user, name, kind=kind, customer_id=customer_id, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    kept = {key: value for key, value in {"kind": kind, "customer": customer_id or ""}.items() if value}
    counts = list_counts(user)
    context = {
        "sections": sections(shown_tasks(page.rows)),
        "page": page,
        "tabs": [
            Tab(
                str(label),
                f"{reverse('tasks:tasks')}?{urlencode({'list': own, **kept})}",
                own == name,
                counts.get(own, 0) or "",
            )
            for own, label in LISTS.items()
        ],
        "list": name,
        "kind": kind,
        "kinds": TaskKind.choices,
        "customer": customer,
        "next_tries": next_tries(),
        "may_do": user.may(DO.name),
    }
    return render(request, "tasks/tasks.html", context)


def sections(shown: list[ShownTask]) -> list[tuple[str, list[ShownTask]]]:
    """Return tasks in their order under what is overdue, due today or later."""
    parts: dict[str, list[ShownTask]] = {}
    for one in shown:
        parts.setdefault(one.section, []).append(one)
    return list(parts.items())


def asked_customer(request: HttpRequest) -> Customer | None:
    """Return the customer whom an address names; one that cannot be seen is nobody."""
    number = request.GET.get("customer", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    return visible_customers(signed_in(request)).filter(pk=int(number)).first()

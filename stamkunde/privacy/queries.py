"""What the pages about requests show."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from stamkunde.customers.models import Customer
from stamkunde.customers.models.customer import page_of
from stamkunde.jobs.models import Job
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Order, Page, instant, page
from stamkunde.privacy.models import AccessFile, DataRequest, Erasure, RequestState

SOON = timedelta(days=7)
_KILO = 1_000


@dataclass(frozen=True)
class RequestRow:
    """A request in a list, with its clock."""

    id: int
    url: str
    kind: str
    name: str
    customer_url: str
    asked_by: str
    received: str
    due: str
    tone: str
    is_late: bool
    is_extended: bool
    state: str
    is_open: bool
    closed: str


def row_of(request: DataRequest, today: date) -> RequestRow:
    left = request.due_on - today
    is_late = request.is_open and left < timedelta(0)
    tone = "red" if is_late else "amber" if request.is_open and left <= SOON else ""
    customer = request.customer
    return RequestRow(
        id=request.pk,
        url=request.get_absolute_url(),
        kind=request.get_kind_display(),
        name=customer.name if customer else "",
        customer_url=page_of(customer.pk) if customer else "",
        asked_by=request.asked_by,
        received=shown.day(request.received_on),
        due=shown.day(request.due_on),
        tone=tone,
        is_late=is_late,
        is_extended=request.extended_on is not None,
        state=request.get_state_display(),
        is_open=request.is_open,
        closed=shown.instant(request.closed_at) if request.closed_at else "",
    )


def open_requests(
    requests: QuerySet[DataRequest], mark: str, today: date
) -> tuple[list[RequestRow], Page[DataRequest]]:
    """Return the open requests, those that are due first on top."""
    found = requests.filter(state=RequestState.OPEN).select_related("customer")
    rows = page(found, Order("due_on", falling=False), mark=mark, parse=date.fromisoformat)
    return [row_of(one, today) for one in rows.rows], rows


def closed_requests(
    requests: QuerySet[DataRequest], mark: str, today: date
) -> tuple[list[RequestRow], Page[DataRequest]]:
    found = requests.exclude(closed_at=None).select_related("customer")
    rows = page(found, Order("closed_at"), mark=mark, parse=instant)
    return [row_of(one, today) for one in rows.rows], rows


def requests_of(requests: QuerySet[DataRequest], customer_id: int, today: date) -> list[RequestRow]:
    """Return what one customer has asked, the latest first; nobody asks often."""
    found = requests.filter(customer=customer_id).select_related("customer").order_by("-pk")[:50]
    return [row_of(one, today) for one in found]


@dataclass(frozen=True)
class ErasureShown:
    """How far an erasure is, and its receipt: what went, what stays, and who else's texts mention the person."""

    state: str
    is_finished: bool
    job: Job | None
    went: list[tuple[str, str]]
    stays: list[str]
    mentions: list[tuple[str, str]]
    finished: str


def erasure_of(request: DataRequest) -> ErasureShown | None:
    found = Erasure.objects.filter(request=request).first()
    if found is None:
        return None
    whose = Customer.objects.in_bulk({one["customer_id"] for one in found.mentions})
    mentions = {
        page_of(one["customer_id"]): whose[one["customer_id"]].name
        for one in found.mentions
        if one["customer_id"] in whose
    }
    return ErasureShown(
        found.get_state_display(),
        found.is_finished,
        Job.objects.filter(pk=found.job_id).first() if found.job_id and not found.is_finished else None,
        [(title, shown.number(count)) for title, count in found.receipt.get("counts", {}).items()],
        [one["sentence"] for one in found.receipt.get("stays", [])],
        [(name, url) for url, name in mentions.items()],
        shown.instant(found.verified_at) if found.verified_at else "",
    )


@dataclass(frozen=True)
class CopyRow:
    """A copy of the data: whether it can be fetched, until when, and the work that writes it."""

    id: int
    state: str
    is_ready: bool
    asked: str
    asked_by: str
    rows: str
    size: str
    expires: str
    fetched: str
    job: Job | None


def copies_of(request: DataRequest) -> list[CopyRow]:
    files = list(request.files.order_by("-pk")[:20])
    waiting = [file.job_id for file in files if file.state == AccessFile.State.WAITING and file.job_id]
    jobs = Job.objects.in_bulk(waiting)
    at = now()
    return [
        CopyRow(
            file.pk,
            file.get_state_display(),
            file.is_ready and file.expires_at > at,
            shown.instant(file.asked_at),
            file.asked_by,
            shown.number(file.rows),
            f"{shown.number(max(1, file.size // _KILO))} kB",
            shown.instant(file.expires_at),
            shown.instant(file.fetched_at) if file.fetched_at else "",
            jobs.get(file.job_id or 0),
        )
        for file in files
    ]

"""What happens, as machines follow it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from stamkunde.events.access import AUDIT
from stamkunde.events.event import Event
from stamkunde.events.feed import happenings_after, outgoing_details
from stamkunde.events.models import Happening, Topic
from stamkunde.kit.actor import ActorKind
from stamkunde.kit.api.fields import Given, Limit, QueryText, query
from stamkunde.kit.api.problems import Problem, invalid
from stamkunde.kit.api.routes import Routes

routes = Routes("Events", "What happens, one after the other: what webhooks tell, and imported history too.")

ROUTES = (routes,)

# Above this floor, and known here by its name only: whoever may not see customers is not told their numbers.
_SEE_CUSTOMERS = "customers.see"


class EventGiven(Given):
    """Something that happened: numbers of things, and little else. What they are is asked for by their numbers."""

    id: int = Field(description="Rises from event to event.", examples=[4711])
    name: str = Field(examples=["sales.order_placed"])
    topic: Topic
    at: datetime = Field(description="When it happened.")
    recorded_at: datetime = Field(description="When it was written down.")
    customer_id: int | None = Field(description="Whom it happened to; null for nobody, and where one may not know.")
    subject_id: int | None = Field(description="The number of the thing it happened to.")
    actor: ActorKind = Field(description="By whose hand.")
    details: dict[str, Any] = Field(
        description="Fields of this kind of event.",
        examples=[{"order_id": 42, "currency": "NOK", "total": 25800, "receipt_number": "10042", "channel": "shop"}],
    )


class Followed(Given):
    """Events in their order."""

    items: list[EventGiven]
    next: str = Field(description="The mark to go on from, now or later; it is there even when nothing came.")


class EventKind(Given):
    """A kind of event."""

    name: str = Field(examples=["sales.order_placed"])
    topic: Topic
    details: list[str] = Field(description="The fields of its details.", examples=[["order_id", "total", "currency"]])


class EventKinds(Given):
    items: list[EventKind]


@routes.get("/events", AUDIT, Followed)
def follow_events(
    request: HttpRequest,
    after: QueryText = query(
        "0", description="The mark `next` of the last answer; 0 for the very beginning, `now` for what is to come."
    ),
    name: list[QueryText] = query([], description="Only events of this kind; may be given several times."),
    limit: Limit = query(100),
) -> Followed:
    """Follow what happens, in its order and with nothing left out.

    Ask again with the mark of the last answer. Imported history stands in it too, though no webhook tells of it.
    """
    unknown = [one for one in name if one not in Event.kinds]
    if unknown:
        raise invalid(f"There is no event {unknown[0][:60]}.", "name")
    if after == "now":
        upto = Happening.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        return Followed(items=[], next=str(upto))
    if not (after.isascii() and after.isdecimal() and len(after) <= 18):
        detail = "The mark is not one of this feed. Begin with 0, or with now."
        raise Problem(422, "invalid", detail, errors=[("after", detail)])
    rows = list(happenings_after(int(after), names=name)[:limit])
    return Followed(items=[_given(request, row) for row in rows], next=str(rows[-1].pk) if rows else after)


@routes.get("/events/kinds", AUDIT, EventKinds)
def list_event_kinds(request: HttpRequest) -> EventKinds:
    """List the kinds of events there are."""
    kinds = sorted(Event.kinds.values(), key=lambda kind: kind.name)
    return EventKinds(
        items=[EventKind(name=kind.name, topic=kind.topic, details=list(kind.told_outside())) for kind in kinds]
    )


def _given(request: HttpRequest, row: Happening) -> EventGiven:
    bearer: Any = request.bearer  # type: ignore[attr-defined]
    sees = bearer.may(_SEE_CUSTOMERS)
    return EventGiven(
        id=row.pk,
        name=row.name,
        topic=Topic(row.topic),
        at=row.at,
        recorded_at=row.recorded_at,
        customer_id=row.customer_id if sees else None,
        subject_id=row.subject_id,
        actor=ActorKind(row.actor_kind),
        details=outgoing_details(row) if sees or row.customer_id is None else {},
    )

"""Recording breaches, what was done about them, and who was told."""

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accountability.events import AffectedListed, BreachChanged, BreachClosed, BreachRecorded, BreachReopened
from stamkunde.accountability.models import Breach, Risk
from stamkunde.accountability.queries.terms import the_terms
from stamkunde.accountability.refusals import Refused, Stale
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now

ENDED_BEFORE = gettext_lazy("It cannot have ended before it began.")


@action
def record_breach(breach: Breach, *, by: Actor) -> Breach:
    """Write a breach down; the clock runs from when it was known, by the hours that hold today."""
    breach.hours = the_terms().breach_hours
    breach.recorded_at, breach.recorded_by = now(), by.label[:120]
    _check(breach)
    breach.save(force_insert=True)
    publish(BreachRecorded(breach_id=breach.pk), by=by)
    return breach


@action
def change_breach(breach: Breach, *, seen_version: int, by: Actor) -> Breach:
    """Keep what is known by now. Raises Stale when somebody else was quicker, Refused for what cannot be."""
    if breach.closed_at is not None:
        raise Refused(_("This breach is closed. Open it again before changing it."))
    _check(breach)
    before = Breach.objects.filter(pk=breach.pk, version=seen_version, closed_at=None).first()
    if before is None or not Breach.objects.filter(pk=breach.pk, version=seen_version).update(version=F("version") + 1):
        raise Stale(_("Somebody has changed this meanwhile. Open it again and look at what stands there now."))
    breach.version = seen_version + 1
    breach.save()
    publish(
        BreachChanged(
            breach_id=breach.pk,
            authority_was_told=before.authority_told_at is None and breach.authority_told_at is not None,
            people_were_told=before.people_told_at is None and breach.people_told_at is not None,
        ),
        by=by,
    )
    return breach


@action
def close_breach(breach: Breach, *, by: Actor) -> None:
    """Close a breach of which nothing is left to do; raises Refused with what is."""
    if left := left_to_do(breach):
        raise Refused(" ".join(left))
    if Breach.objects.filter(pk=breach.pk, closed_at=None, version=breach.version).update(closed_at=now()):
        publish(BreachClosed(breach_id=breach.pk), by=by)


@action
def reopen_breach(breach: Breach, *, by: Actor) -> None:
    if Breach.objects.filter(pk=breach.pk, closed_at__isnull=False).update(closed_at=None):
        publish(BreachReopened(breach_id=breach.pk), by=by)


@action
def note_affected_list(breach: Breach, *, reason: str, number: int, by: Actor) -> str:
    """Note that the list of those affected is handed out, and what for; return the reason as it was kept."""
    said = " ".join(reason.split())[:300]
    if not said:
        raise Refused(_("Write what the list is needed for."), "reason")
    publish(AffectedListed(breach_id=breach.pk, reason=said, number=number), by=by)
    return said


def left_to_do(breach: Breach) -> list[str]:
    """Say what must still be done before a breach can be closed."""
    left = []
    if breach.risk == Risk.UNKNOWN:
        left.append(_("Judge the risk to people first."))
    if not breach.measures.strip():
        left.append(_("Write what was done about it."))
    if breach.risk != Risk.UNKNOWN and breach.needs_authority and breach.authority_told_at is None:
        left.append(_("Tell the authority, and write when."))
    if breach.needs_people and breach.people_told_at is None and not breach.why_not_told.strip():
        left.append(_("Tell the people concerned, or write why nobody needs to be told."))
    return left


def _check(breach: Breach) -> None:
    if breach.began_at and breach.ended_at and breach.ended_at < breach.began_at:
        raise Refused(str(ENDED_BEFORE), "ended_at")
    breach.full_clean(exclude=["hours", "recorded_at", "recorded_by"])
    at = now()
    if breach.known_at > at:
        raise Refused(_("It cannot be known in the future."), "known_at")
    for field in ("authority_told_at", "people_told_at"):
        told = getattr(breach, field)
        if told is not None and told > at:
            raise Refused(_("Write it down when it has been done."), field)
        if told is not None and told < breach.known_at:
            raise Refused(_("Nobody can have been told before it was known."), field)
    if breach.was_late and not breach.why_late.strip():
        raise Refused(
            _("The authority was told later than the law says. Write why, as the law asks for it."), "why_late"
        )
    if breach.people_told_at is not None and not breach.how_people_were_told.strip():
        raise Refused(_("Write how they were told."), "how_people_were_told")

"""Programmes: written, changed, opened, brought to their end, closed."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store, validate_zone
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.money import LARGEST_MINOR, MoneyError, decimals_of
from stamkunde.loyalty.events import (
    ProgrammeChanged,
    ProgrammeClosed,
    ProgrammeEnding,
    ProgrammeOpened,
    ProgrammeWritten,
)
from stamkunde.loyalty.models import ExpiryKind, Programme, ProgrammeState
from stamkunde.loyalty.queries.live import forget_programmes
from stamkunde.loyalty.refusals import LoyaltyRefused, Stale
from stamkunde.loyalty.values import ProgrammeValues

LONGEST_TIME = 1_200
"""A hundred years in months: whoever wants points to live longer wants them never to expire."""
LONGEST_HOLD = 366
MOST_POINTS = 1_000_000


@action
def write_programme(values: ProgrammeValues, *, by: Actor) -> Programme:
    """Write a programme; nobody can join it until it is opened."""
    programme = Programme(created_at=now(), **_checked(values))
    try:
        with transaction.atomic():
            programme.save(force_insert=True)
    except IntegrityError as error:
        raise _name_taken() from error
    publish(ProgrammeWritten(programme_id=programme.pk, programme_name=programme.name), by=by)
    return programme


@action
def change_programme(programme: Programme, values: ProgrammeValues, *, version: int, by: Actor) -> Programme:
    """Change the rules of a programme that is still as the person saw it; what was earned stays as it was earned."""
    checked = _checked(values)
    held = Programme.objects.select_for_update().get(pk=programme.pk)
    if held.version != version:
        raise Stale
    if held.state == ProgrammeState.CLOSED:
        raise LoyaltyRefused(_("This programme is closed, and its rules stay as they were. Write a new one."), "state")
    if held.currency != checked["currency"] and held.state != ProgrammeState.DRAFT:
        raise LoyaltyRefused(
            _("Points were given out in the currency of this programme, so it stays. Write another programme."),
            "currency",
        )
    fields = [name for name, value in checked.items() if getattr(held, name) != value]
    if not fields:
        return held
    for name in fields:
        setattr(held, name, checked[name])
    held.version += 1
    try:
        with transaction.atomic():
            held.save(update_fields=[*fields, "version"])
        forget_programmes()
    except IntegrityError as error:
        raise _name_taken() from error
    publish(ProgrammeChanged(programme_id=held.pk, programme_name=held.name, fields=fields), by=by)
    return held


@action
def open_programme(programme: Programme, *, by: Actor) -> Programme:
    """Let customers join, or go on with a programme that was about to end."""
    held = Programme.objects.select_for_update().get(pk=programme.pk)
    if held.state == ProgrammeState.OPEN:
        return held
    if held.state == ProgrammeState.CLOSED:
        raise LoyaltyRefused(_("This programme is closed for good. Write a new one."), "state")
    _set(held, state=ProgrammeState.OPEN, ends_on=None, redeem_until=None)
    publish(ProgrammeOpened(programme_id=held.pk, programme_name=held.name), by=by)
    return held


@action
def close_programme(
    programme: Programme, *, ends_on: date | None = None, redeem_until: date | None = None, by: Actor
) -> Programme:
    """Close a programme at once, or say on which day its benefits end and until when points can still be used."""
    held = Programme.objects.select_for_update().get(pk=programme.pk)
    if held.state == ProgrammeState.CLOSED:
        return held
    if held.state == ProgrammeState.DRAFT:
        raise LoyaltyRefused(_("This programme was never opened, so there is nothing to close."), "state")
    if ends_on is None:
        if redeem_until is not None:
            raise LoyaltyRefused(_("Write also on which day the benefits end."), "ends_on")
        _set(held, state=ProgrammeState.CLOSED)
        publish(ProgrammeClosed(programme_id=held.pk, programme_name=held.name), by=by)
        return held
    until = redeem_until or ends_on
    if ends_on < business_day(now(), held.zone):
        raise LoyaltyRefused(_("That day is over. Choose one that is still to come."), "ends_on")
    if until < ends_on:
        raise LoyaltyRefused(_("Points can be used at least as long as the benefits last."), "redeem_until")
    _set(held, state=ProgrammeState.CLOSING, ends_on=ends_on, redeem_until=until)
    publish(
        ProgrammeEnding(
            programme_id=held.pk,
            programme_name=held.name,
            ends_on=ends_on.isoformat(),
            redeem_until=until.isoformat(),
        ),
        by=by,
    )
    return held


def _set(programme: Programme, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(programme, name, value)
    programme.version += 1
    programme.save(update_fields=[*columns, "version"])
    forget_programmes()


def _name_taken() -> LoyaltyRefused:
    return LoyaltyRefused(_("There is a programme of that name already. Choose a different one."), "name")


def checked_text(text: str, field: str, longest: int) -> str:
    """Return the text trimmed; refuse what no column takes."""
    plain = text.strip()
    if "\x00" in plain:
        raise LoyaltyRefused(_("There is a character in the text that cannot be kept. Please type it anew."), field)
    if len(plain) > longest:
        raise LoyaltyRefused(_("Write at most %(longest)s characters.") % {"longest": longest}, field)
    return plain


def _checked(values: ProgrammeValues) -> dict[str, Any]:
    name = checked_text(values.name, "name", 120)
    if not name:
        raise LoyaltyRefused(_("Give the programme a name."), "name")
    check_currency(values.currency)
    try:
        validate_zone(values.zone)
    except ValidationError as error:
        raise LoyaltyRefused(" ".join(error.messages), "zone") from error
    if not 0 <= values.earn_points <= MOST_POINTS:
        raise LoyaltyRefused(_("Write between nought and a million points."), "earn_points")
    if not 0 < values.earn_per <= LARGEST_MINOR:
        raise LoyaltyRefused(_("Write for how much is paid the points are earned."), "earn_per")
    if not 0 <= values.point_worth <= LARGEST_MINOR:
        raise LoyaltyRefused(_("Write what a point takes off, or nought."), "point_worth")
    if not 0 <= values.hold_days <= LONGEST_HOLD:
        raise LoyaltyRefused(_("Points are held for at most a year."), "hold_days")
    if values.expiry not in ExpiryKind.values:
        raise LoyaltyRefused(_("Choose when points expire."), "expiry")
    if not 1 <= values.expiry_after <= LONGEST_TIME:
        raise LoyaltyRefused(_("Write after how many months or years points expire."), "expiry_after")
    return {
        "name": name,
        "currency": values.currency,
        "zone": values.zone,
        "earn_points": values.earn_points,
        "earn_per": values.earn_per,
        "hold_days": values.hold_days,
        "point_worth": values.point_worth,
        "expiry": values.expiry,
        "expiry_after": values.expiry_after,
        "terms_version": checked_text(values.terms_version, "terms_version", 40),
    }


def check_currency(currency: str) -> None:
    """Refuse a currency that is none, or in which no store sells."""
    try:
        decimals_of(currency)
    except MoneyError as error:
        raise LoyaltyRefused(_("Choose one of the currencies."), "currency") from error
    if not Store.objects.filter(currency=currency).exists():
        raise LoyaltyRefused(_("No store sells in that currency. Choose another one."), "currency")

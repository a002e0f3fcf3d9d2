"""Whether an offer is for this purchase at all: where, when, who. What the basket lacks is found out later."""

import calendar
from datetime import date, time, timedelta
from typing import NamedTuple

from stamkunde.kit.clock import zone
from stamkunde.pricing.evaluator.quote import Reason
from stamkunde.pricing.evaluator.values import Audience, AudienceKind, Code, Context, Offer, Standing


class Entry(NamedTuple):
    """An offer as it stands before this basket, with the code that brought it if one did."""

    offer: Offer
    code: Code | None = None

    @property
    def source(self) -> str:
        return f"code:{self.code.text}" if self.code else self.offer.source

    @property
    def name(self) -> str:
        return self.code.text if self.code else self.offer.name


class Conditions:
    """The conditions of one purchase, worked out once and asked for each offer."""

    def __init__(self, standing: Standing, context: Context) -> None:
        self.standing = standing
        self.context = context
        self.local = context.now.astimezone(zone(context.zone)).replace(tzinfo=None)

    def refusal(self, entry: Entry) -> Reason | None:
        """Return why the offer is not for this purchase, or None."""
        offer, code, context = entry.offer, entry.code, self.context
        if code is not None:
            if context.is_employee:
                return Reason.EMPLOYEE
            if code.owner and code.owner != self.standing.customer:
                return Reason.NOT_OWNER
            if code.refused:
                return Reason(code.refused)
            if code.is_single_use and context.is_offline and not context.offline_limit:
                return Reason.OFFLINE_NOT_ALLOWED
        if offer.currency and offer.currency != context.currency:
            return Reason.WRONG_CURRENCY
        if offer.stores and context.store not in offer.stores:
            return Reason.WRONG_STORE
        if offer.channels and context.channel not in offer.channels:
            return Reason.WRONG_CHANNEL
        return self._too_soon_or_late(offer) or self.not_for(offer.audience) or self._used_up(offer)

    def not_for(self, audience: Audience) -> Reason | None:
        """Return why a price or an offer is not for whoever buys."""
        kind, standing = audience.kind, self.standing
        if kind is AudienceKind.ALL:
            return None
        if self.context.is_employee:
            return None if kind is AudienceKind.EMPLOYEE else Reason.EMPLOYEE
        if kind is AudienceKind.EMPLOYEE:
            return Reason.NOT_OWNER
        if kind is AudienceKind.MEMBERS:
            return None if standing.is_member else self._no_member()
        if kind is AudienceKind.TIER:
            if not standing.is_member:
                return self._no_member()
            return None if audience.of in standing.tiers else Reason.WRONG_TIER
        if kind is AudienceKind.SEGMENT:
            return None if audience.of in standing.segments else Reason.NOT_OWNER
        return None if standing.customer and audience.of == standing.customer else Reason.NOT_OWNER

    def _no_member(self) -> Reason:
        return Reason(self.standing.no_member or Reason.NOT_MEMBER)

    def _too_soon_or_late(self, offer: Offer) -> Reason | None:
        local = self.local
        if offer.starts is not None and local < offer.starts:
            return Reason.NOT_STARTED
        if offer.ends is not None and local > offer.ends:
            return Reason.EXPIRED
        if offer.hours is not None:
            return self._outside_hours(offer.hours, offer.weekdays)
        if offer.weekdays and local.weekday() not in offer.weekdays:
            return Reason.NOT_STARTED
        return None

    def _outside_hours(self, hours: tuple[time, time], weekdays: frozenset[int]) -> Reason | None:
        begins, ends = hours
        moment, day = self.local.time(), self.local.date()
        if begins > ends and moment < ends:
            # Past midnight it is still the evening before that the offer is of.
            day -= timedelta(days=1)
        if weekdays and day.weekday() not in weekdays:
            return Reason.NOT_STARTED
        if begins <= ends and moment >= ends:
            return Reason.EXPIRED
        is_early = moment < begins if begins <= ends else ends <= moment < begins
        return Reason.NOT_STARTED if is_early else None

    def _used_up(self, offer: Offer) -> Reason | None:
        standing = self.standing
        if offer.id in standing.held_out:
            return Reason.HOLDOUT
        if offer.most_uses is not None and offer.uses >= offer.most_uses:
            return Reason.USED_UP
        if offer.budget is not None and offer.spent >= offer.budget:
            return Reason.BUDGET_SPENT
        if offer.most_per_customer is not None:
            if not standing.customer:
                return Reason.NOT_OWNER
            if standing.uses.get(offer.id, 0) >= offer.most_per_customer:
                return Reason.MEMBER_LIMIT
        if offer.first_purchase:
            if not standing.customer:
                return Reason.NOT_OWNER
            if standing.purchases:
                return Reason.MEMBER_LIMIT
        return self._away_from_birthday(offer) if offer.birthday is not None else None

    def _away_from_birthday(self, offer: Offer) -> Reason | None:
        if self.standing.birthday is None:
            return Reason.NOT_OWNER
        before, after = offer.birthday or (0, 0)
        today = self.local.date()
        birthdays = [
            birthday_in(year, self.standing.birthday, self.context.leap_day_falls_on)
            for year in (today.year - 1, today.year, today.year + 1)
        ]
        if any(timedelta(days=-before) <= today - day <= timedelta(days=after) for day in birthdays):
            return None
        return Reason.NOT_STARTED if today < birthdays[1] else Reason.EXPIRED


def birthday_in(year: int, birthday: tuple[int, int], leap_day_falls_on: int = 28) -> date:
    """Return the birthday in a year; in common years that of 29 February is on the 28th, or on 1 March."""
    month, day = birthday
    if (month, day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28) if leap_day_falls_on == 28 else date(year, 3, 1)
    return date(year, month, day)


def entries_of(offers: tuple[Offer, ...], codes: tuple[Code, ...]) -> list[Entry]:
    """Return what is to be looked at: offers that need no code, and those that a code brought, each once."""
    found = [Entry(offer) for offer in offers if not offer.needs_code]
    # What holds anyway uses up no code.
    brought = {entry.offer.id for entry in found}
    for code in codes:
        if code.offer is not None and code.offer.id not in brought:
            brought.add(code.offer.id)
            found.append(Entry(code.offer, code))
    return sorted(found, key=lambda entry: entry.offer.place)

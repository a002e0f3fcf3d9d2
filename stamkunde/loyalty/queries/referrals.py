"""Whom a code means, what two customers share, and lists of referrals."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from stamkunde.accounts.attempts import is_used_up, note_attempt
from stamkunde.customers.models import ContactKind, ContactPoint, Relation, RelationKind
from stamkunde.kit.paging import Order, Page, instant, page
from stamkunde.loyalty.models import (
    HouseholdMember,
    MemberCard,
    Membership,
    MembershipState,
    Programme,
    ProgrammeState,
    Referral,
    ReferralReason,
    ReferralRules,
    ReferralState,
)
from stamkunde.loyalty.models.membership import FRIEND_CODE, FRIEND_LETTERS
from stamkunde.loyalty.queries.cards import cleaned
from stamkunde.loyalty.refusals import FriendCodeUnknown, TooManyFriendCodes

NEWEST = Order("made_at")
MOST_WRONG, MOST_WRONG_IN_SHOP = 10, 200
A_MINUTE = timedelta(minutes=1)
INVITED_FOR = timedelta(days=90)
_BETWEEN = re.compile(r"[\s\-‐-―_.]+")
_HOLDING = (MembershipState.ACTIVE, MembershipState.PENDING)


@dataclass(frozen=True)
class Touch:
    """Who is meant by a code, in a programme that thanks for friends; `invitation` where the code was one's own."""

    referrer: Membership
    rules: ReferralRules
    invitation: Referral | None = None


def as_friend_code(text: str) -> str:
    """Return a code as it is kept, or nothing where the text can be none."""
    plain = _BETWEEN.sub("", text).upper()
    return plain if len(plain) == FRIEND_CODE and set(plain) <= set(FRIEND_LETTERS) else ""


def touch_of(text: str, programme: Programme, at: datetime, *, asker: str = "") -> Touch:
    """Return whom a code, a card or a number of a membership means, or raise.

    `asker` tells whoever tries codes apart from others. One that nobody has is counted by whoever answers.
    """
    if asker and too_many_guesses(asker):
        raise TooManyFriendCodes
    found = _touch(text, programme, at)
    if found is None:
        raise FriendCodeUnknown(asker)
    return found


def _touch(text: str, programme: Programme, at: datetime) -> Touch | None:
    rules = ReferralRules.objects.filter(programme=programme, is_on=True).first()
    if rules is None or programme.state != ProgrammeState.OPEN:
        return None
    invitation = None
    if code := as_friend_code(text):
        waiting = Referral.objects.filter(code=code, state=ReferralState.INVITED, made_at__gt=at - INVITED_FOR)
        invitation = waiting.filter(programme=programme).select_related("referrer").first()
    meant = invitation.referrer if invitation is not None else _member_meant(code, text)
    if meant is None:
        return None
    home = at_home(meant)
    if home.programme_id != programme.pk or home.customer_id is None or home.state not in _HOLDING:
        return None
    if home.customer is not None and home.customer.trashed_at is not None:
        return None
    return Touch(home, rules, invitation)


def _member_meant(code: str, text: str) -> Membership | None:
    rows = Membership.objects.select_related("programme", "customer")
    if code and (own := rows.filter(friend_code=code).first()):
        return own
    plain = cleaned(text)[:41]
    card = MemberCard.objects.filter(token=plain, state="active").select_related("membership").first()
    return card.membership if card is not None else rows.filter(number=plain).first()


def at_home(membership: Membership) -> Membership:
    """Return the membership in which this one lives on: itself, unless it was joined to another one."""
    rows = Membership.objects.select_related("programme", "customer")
    return rows.get(pk=membership.joined_to_id or membership.pk)


def too_many_guesses(asker: str) -> bool:
    return is_used_up(_guesses_of(asker), MOST_WRONG) or is_used_up(_guesses_of(""), MOST_WRONG_IN_SHOP)


def note_guess(asker: str) -> None:
    """Count a code that nobody has: for whoever tried it, and for the shop as a whole."""
    note_attempt(_guesses_of(asker), window=A_MINUTE, limit=MOST_WRONG)
    note_attempt(_guesses_of(""), window=A_MINUTE, limit=MOST_WRONG_IN_SHOP)


def _guesses_of(asker: str) -> str:
    return f"friend:{asker or 'all'}"


def shared_by(referrer: Membership, referee: Membership) -> list[str]:
    """Return for which reasons two members look like one, or like one household; nothing of it is kept or merged."""
    one, other = referrer.customer_id, referee.customer_id
    if one is None or other is None:
        return []
    if one == other:
        return [ReferralReason.SELF]
    found: list[str] = []
    own, theirs = _contacts(one), _contacts(other)
    if own[0] & theirs[0]:
        found.append(ReferralReason.SHARED_EMAIL)
    if own[1] & theirs[1]:
        found.append(ReferralReason.SHARED_PHONE)
    if _are_one_household(one, other):
        found.append(ReferralReason.SAME_HOUSEHOLD)
    return found


def _contacts(customer_id: int) -> tuple[set[str], set[str]]:
    emails: set[str] = set()
    phones: set[str] = set()
    points = ContactPoint.objects.filter(customer=customer_id, kind__in=(ContactKind.EMAIL, ContactKind.PHONE))
    for kind, value in points.values_list("kind", "value"):
        if kind == ContactKind.EMAIL:
            emails.add(folded_email(value))
        else:
            phones.add(value)
    return emails, phones


def folded_email(address: str) -> str:
    """Return the address as a mailbox is one: without dots, and without what follows a plus. Only for comparing."""
    name, _at, place = address.strip().casefold().rpartition("@")
    place = "gmail.com" if place == "googlemail.com" else place
    return f"{name.partition('+')[0].replace('.', '')}@{place}"


def _are_one_household(one: int, other: int) -> bool:
    either = Q(customer=one, other=other) | Q(customer=other, other=one)
    if Relation.objects.filter(either, kind=RelationKind.HOUSEHOLD).exists():
        return True
    mine = HouseholdMember.objects.filter(membership__customer=one).values("household")
    return HouseholdMember.objects.filter(membership__customer=other, household__in=mine).exists()


def referrals_of(membership: Membership) -> QuerySet[Referral]:
    """Return whom a member brought or invited, also by a membership that was joined to this one."""
    mine = Q(referrer=membership) | Q(referrer__joined_to=membership)
    return Referral.objects.filter(mine).select_related("programme", "referee__customer").order_by("-made_at", "-pk")


def listed(
    among: QuerySet[Referral], *, state: str = "", programme_id: int | None = None, mark: str = "", size: int = 50
) -> Page[Referral]:
    """Return a page of referrals, the newest first; one query."""
    rows = among.select_related("programme", "referrer__customer", "referee__customer")
    if state:
        rows = rows.filter(state=state)
    if programme_id is not None:
        rows = rows.filter(programme=programme_id)
    return page(rows, NEWEST, mark=mark, size=size, parse=instant)


def state_at(referral: Referral, at: datetime) -> ReferralState:
    """Return the state at a moment: what waited is a reward once its day has come, whether or not a job has run."""
    if referral.state == ReferralState.QUALIFIED and referral.usable_at is not None and referral.usable_at <= at:
        return ReferralState.REWARDED
    return ReferralState(referral.state)

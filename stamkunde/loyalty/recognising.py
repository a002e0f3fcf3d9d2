"""Recognising a customer by a member's card, scanned or typed, and by the number of the membership."""

import re
from collections.abc import Iterable

from stamkunde.kit.recognisers import Recogniser
from stamkunde.loyalty.models import MemberCard, Membership
from stamkunde.loyalty.queries.cards import cleaned, looks_like_a_card

_NUMBER = re.compile(r"M\d{10}", re.ASCII)


def whose_card(text: str) -> Iterable[int]:
    """Return whoever carries this; in which state a card is, whoever serves them looks at."""
    plain = cleaned(text)
    if _NUMBER.fullmatch(plain):
        members = Membership.objects.filter(number=plain, customer__isnull=False)
        return list(members.values_list("customer_id", flat=True))
    cards = MemberCard.objects.filter(token=plain, membership__customer__isnull=False)
    return list(cards.values_list("membership__customer_id", flat=True))


CARDS = Recogniser(name="card", looks_like=looks_like_a_card, identify=whose_card)

"""Finding conversations by what was said in them, by their number and by who took part."""

from dataclasses import dataclass

from django.db.models.functions import Coalesce

from stamkunde.accounts.models import User
from stamkunde.conversations.access import visible_conversations
from stamkunde.conversations.models import Conversation, SearchWords
from stamkunde.conversations.queries.inbox import AT_ONCE, Filters
from stamkunde.conversations.searching import MOST_PLACES, places_with

LONGEST_SEARCH = 200
_LARGEST = 2**63 - 1
# A statement takes so many values on either database.
_AT_ONCE = 500


@dataclass(frozen=True)
class Found:
    """Conversations that answer a search, those that were talked in last first.

    `is_cut` says that the words stand in more places than were looked at: another word finds what is older.
    """

    conversations: list[Conversation]
    is_cut: bool


def search_conversations(user: User, text: str, filters: Filters | None = None, *, size: int = AT_ONCE) -> Found:
    """Return the conversations that a person may read and that have all the words in one message or note.

    A number, also as "#12", is first of all that conversation's. Spam is found as well; whoever searches wants all.
    """
    plain = " ".join(text[:LONGEST_SEARCH].replace("\x00", " ").split())
    rows = (filters or Filters()).narrowed(visible_conversations(user))
    rows = rows.select_related("customer", "team", "assigned_to", "mailbox")
    exact = _numbered(plain)
    numbered = list(rows.filter(pk=exact)) if exact is not None else []
    if plain.startswith("#"):
        return Found(numbered, False)
    places = places_with(plain)
    talks: dict[int, None] = {}
    for begin in range(0, len(places), _AT_ONCE):
        some = SearchWords.objects.filter(pk__in=places[begin : begin + _AT_ONCE])
        # What became part of another conversation is found there.
        onward = some.annotate(talk=Coalesce("conversation__merged_into", "conversation")).order_by("-pk")
        talks |= dict.fromkeys(onward.values_list("talk", flat=True))
    numbers = list(talks)
    found: list[Conversation] = list(numbered)
    for begin in range(0, len(numbers), _AT_ONCE):
        some_talks = rows.filter(pk__in=numbers[begin : begin + _AT_ONCE]).order_by("-last_message_at", "-pk")
        found += [one for one in some_talks[: size + 1] if one.pk != exact]
        if len(found) > size:
            break
    head = len(numbered)
    found[head:] = sorted(found[head:], key=lambda one: (one.last_message_at, one.pk), reverse=True)
    return Found(found[:size], len(found) > size or len(places) >= MOST_PLACES)


def _numbered(text: str) -> int | None:
    digits = text.removeprefix("#")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None
    return number if number is not None and number <= _LARGEST else None

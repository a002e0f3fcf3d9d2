"""The list of likely pairs: who may be whom, and why, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stamkunde.customers.models import DuplicateScan, LikelyPair, PairState
from stamkunde.customers.queries.sides import Known, Line, compared, known_of
from stamkunde.kit import shown
from stamkunde.kit.folding import plain_letters
from stamkunde.kit.paging import Order, Page, page

SIZE = 15
MOST_COUNTED = 100


@dataclass(frozen=True)
class ShownPair:
    id: int
    first: Known
    second: Known
    reasons: str
    lines: list[Line]
    surely: str


def waiting_pairs(today: date) -> QuerySet[LikelyPair]:
    """Return the pairs that wait for somebody's look; one that was put off comes back on its day."""
    waits = Q(state=PairState.OPEN) | Q(state=PairState.LATER, until__lte=today)
    return LikelyPair.objects.filter(waits, first__trashed_at=None, second__trashed_at=None)


def waiting_count(today: date) -> int:
    """Return how many pairs wait, and one more than is counted where there are very many."""
    return waiting_pairs(today)[: MOST_COUNTED + 1].count()


def pairs_page(today: date, mark: str = "") -> tuple[list[ShownPair], Page[LikelyPair]]:
    """Return a page of the likeliest pairs, side by side; five queries."""
    rows = page(
        waiting_pairs(today).select_related("first__home_store", "second__home_store"),
        Order("likelihood"),
        mark=mark,
        size=SIZE,
        parse=int,
    )
    known = known_of({one.pk: one for pair in rows.rows for one in (pair.first, pair.second)}.values())
    return [_shown(pair, known[pair.first_id], known[pair.second_id]) for pair in rows.rows], rows


def people_in(pairs: Iterable[LikelyPair]) -> list[int]:
    """Return the customers of these pairs, each once: whoever is shown the pairs is shown them."""
    return list(dict.fromkeys(number for pair in pairs for number in (pair.first_id, pair.second_id)))


def _shown(pair: LikelyPair, first: Known, second: Known) -> ShownPair:
    # Who has come more often, or longer, is likely the profile to keep and stands first.
    own, other = sorted(
        (first, second), key=lambda one: (-one.customer.visits, one.customer.created_at, one.customer.pk)
    )
    return ShownPair(
        id=pair.pk,
        first=own,
        second=other,
        reasons=said_reasons(pair.reasons, own, other),
        lines=compared(own, other),
        surely=_surely(pair.likelihood / 1_000_000),
    )


def _surely(probability: float) -> str:
    if probability >= 0.99:
        return _("Very likely")
    return _("Likely") if probability >= 0.9 else _("Perhaps")


def said_reasons(reasons: Sequence[str], first: Known, second: Known) -> str:
    """Say in one line why two may be one: "same telephone, family names differ by one letter"."""
    words = {
        "company_number": _("same company number"),
        "phone_and_email": _("same telephone and e-mail"),
        "phone": _("same telephone"),
        "email": _("same e-mail"),
        "home": _("same address"),
        "born": _("same date of birth"),
        "born_near": _("dates of birth that are easily confused"),
        "given": _("same given name"),
        "given_alike": _("given names that go together"),
        "given_near": _("given names that differ by a letter"),
        "given_initial": _("an initial that fits"),
        "swapped": _("the names the other way round"),
        "family": _("same family name"),
        "family_alike": _("family names that sound the same"),
        "family_near": _("family names that differ by a letter"),
        "family_part": _("family names in common"),
        "family_other": _("another family name"),
        "postcode": _("same postcode"),
        "town": _("same town"),
        "name": _("same name"),
        "company": _("same company name"),
        "similar": _("similar name"),
    }
    known = _together(list(reasons), first, second)
    said = [words[reason] for reason in known if reason in words]
    return ", ".join(dict.fromkeys(said))


def _together(reasons: list[str], first: Known, second: Known) -> list[str]:
    """Say a whole name that is the same as one thing, and of a firm that it is the firm's."""
    if {"given", "family"} <= set(reasons):
        place = reasons.index("given")
        reasons = [reason for reason in reasons if reason not in ("given", "family")]
        reasons.insert(place, "name")
    if "family" in reasons and first.customer.kind == "company":
        reasons[reasons.index("family")] = "company"
    if "name" in reasons and plain_letters(first.customer.name) != plain_letters(second.customer.name):
        reasons[reasons.index("name")] = "similar"
    return reasons


def last_scan() -> str:
    """Say when all customers were last looked through; nothing before the first time."""
    scan = DuplicateScan.objects.filter(is_whole=True).order_by("-pk").first()
    if scan is None:
        return ""
    return _("All %(people)s customers were last looked through %(when)s.") % {
        "people": shown.number(scan.people),
        "when": shown.instant(scan.finished_at),
    }

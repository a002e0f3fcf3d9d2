"""Of a letter what stands on its paper: the shop's letterhead, the words of its language, and the code."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from stamkunde.accounts.models import Country, Store
from stamkunde.accounts.queries import the_shop
from stamkunde.conversations.files import STORE
from stamkunde.conversations.mail_keys import answer_keys
from stamkunde.conversations.models import Letter, Letterhead
from stamkunde.conversations.paper import wording
from stamkunde.conversations.paper.drawing import Head, Paper
from stamkunde.conversations.paper.marks import signed
from stamkunde.conversations.paper.windows import usual_window
from stamkunde.customers.models import Customer
from stamkunde.kit.clock import business_day

MOST_LINES = 7


def letterhead_of(country: str) -> Letterhead:
    """Return how letters from a country look: as the shop has said, or as is usual there."""
    found = Letterhead.objects.filter(country=country).first()
    return found or Letterhead(country=country, window=usual_window(country), lines=_usual_lines())


def _usual_lines() -> str:
    return "\n".join(part.strip() for part in the_shop().seller_address.split(",") if part.strip())


def head_of(letterhead: Letterhead) -> Head:
    return Head(
        name=letterhead.name or the_shop().name,
        lines=[line.strip() for line in letterhead.lines.splitlines() if line.strip()][:MOST_LINES],
        logo=_logo(letterhead.logo_digest) if letterhead.logo_digest else b"",
        window=letterhead.window,
        shift_right=letterhead.shift_right,
        shift_down=letterhead.shift_down,
        has_fold_marks=letterhead.has_fold_marks,
    )


@lru_cache(maxsize=16)
def _logo(digest: str) -> bytes:
    try:
        with STORE.opened(digest) as file:
            return file.read()
    except FileNotFoundError:
        return b""


def heads_for(countries: Iterable[str]) -> dict[str, tuple[Letterhead, Head]]:
    found = {}
    for country in set(countries):
        letterhead = letterhead_of(country)
        found[country] = letterhead, head_of(letterhead)
    return found


def papers_of(letters: Sequence[Letter]) -> list[Paper]:
    """Return what stands on letters, each with its message, store and files fetched already."""
    heads = heads_for(letter.store.country for letter in letters)
    key = answer_keys()[0]
    return [_paper(letter, *heads[letter.store.country], key) for letter in letters]


def _paper(letter: Letter, letterhead: Letterhead, head: Head, key: bytes) -> Paper:
    message = letter.message
    return paper(
        head=head,
        letterhead=letterhead,
        language=letter.language,
        address=letter.address_lines,
        day=business_day(message.said_at, letter.store.zone),
        subject=message.subject,
        greeting=letter.greeting,
        text=message.text,
        signed_by=letter.signed_by,
        enclosures=[file.name for file in message.attachments.all()],
        number=f"{message.conversation_id}.{letter.pk}",
        code=signed(letter.pk, key),
    )


def paper(  # noqa: PLR0913 - what a letter consists of
    *,
    head: Head,
    letterhead: Letterhead,
    language: str,
    address: Sequence[str],
    day: date,
    subject: str,
    greeting: str,
    text: str,
    signed_by: str,
    enclosures: Sequence[str] = (),
    number: str = "",
    code: str = "",
) -> Paper:
    signature = [line.strip() for line in letterhead.signature.splitlines() if line.strip()]
    return Paper(
        head=head,
        language=language,
        address=address,
        day=wording.written_day(day, language),
        subject=subject,
        greeting=greeting,
        text=text,
        closing=wording.closing_in(language),
        signature=[line for line in (signed_by, *(signature or [head.name])) if line],
        enclosed=wording.enclosures_in(language),
        enclosures=enclosures,
        reference=wording.reference_in(language, number) if number else "",
        page=wording.page_in(language),
        code=code,
    )


def language_for(customer: Customer | None, chosen: str = "") -> str:
    """Return in which language a letter is written: as chosen, the customer's, or the shop's."""
    return chosen or (customer.language if customer else "") or the_shop().language


def store_for(customer: Customer | None, stores: Mapping[int, Store]) -> int | None:
    """Return where a letter is printed if nobody says otherwise: the customer's usual store, or the first one."""
    if customer is not None and customer.home_store_id in stores:
        return customer.home_store_id
    own = [pk for pk, store in stores.items() if store.country == the_shop().country]
    return next(iter(own or stores), None)


def sending_countries() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Country.choices]

"""Whether a letter can be sent as it was written, looked at before it is kept: a refusal says what to do instead."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.conversations.channels.contract import LONGEST_TEXT
from stamkunde.conversations.letter_papers import head_of, language_for, letterhead_of, paper
from stamkunde.conversations.models import Letter
from stamkunde.conversations.paper import wording
from stamkunde.conversations.paper.drawing import AddressUnfit, Paper, pages_of
from stamkunde.conversations.queries.letters import instead_of_letters
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.values import LetterValues
from stamkunde.customers.models import Address, ContactStatus, Customer
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import business_day, now

LONGEST_SUBJECT = 300
MOST_PAGES = 20
MOST_ENCLOSED = 200


def checked_letter(customer: Customer | None, values: LetterValues, by: Actor, *, is_begun: bool = False) -> Letter:
    """Return the letter as it will be kept, or refuse it with what to do; one that `is_begun` may still say nothing."""
    if customer is None or customer.erased_at is not None:
        raise ConversationRefused(
            _("A letter goes to a customer's address. Say first whose the conversation is."), "customer"
        )
    if not values.text.strip() and not is_begun:
        raise ConversationRefused(_("Write something first."), "text")
    if len(values.text) > LONGEST_TEXT:
        raise ConversationRefused(_("This is too long to send. Put it into a file and attach that."), "text")
    if not 0 <= values.enclosed_sheets <= MOST_ENCLOSED:
        raise ConversationRefused(_("More than 200 sheets go as a parcel, and not as a letter."), "enclosed_sheets")
    store = Store.objects.filter(pk=values.store_id or 0, is_open=True).first()
    if store is None:
        raise ConversationRefused(_("Choose the store that prints the letter."), "store")
    address = Address.objects.filter(customer=customer, pk=values.address_id or 0).first()
    if address is None:
        raise ConversationRefused(
            _("Choose an address. %(instead)s") % {"instead": instead_of_letters(customer.pk)}, "address"
        )
    if address.status == ContactStatus.FAILING:
        raise ConversationRefused(
            _("Letters to %(address)s come back. %(instead)s")
            % {"address": address, "instead": instead_of_letters(customer.pk)},
            "address",
        )
    if not (address.town and (address.street or address.care_of or address.postcode)):
        raise ConversationRefused(
            _("%(address)s is not enough for the post. Write the street and the town into the customer's address.")
            % {"address": address},
            "address",
        )
    language = language_for(customer, values.language)
    return Letter(
        store=store,
        address=address,
        address_lines=wording.address_lines(customer.name, address, store.country),
        to_country=address.country,
        language=language,
        greeting=wording.greeting_for(customer, language)[:300],
        signed_by=by.label[:120] if by.kind == ActorKind.STAFF else "",
        enclosed_sheets=values.enclosed_sheets,
    )


def draft_paper(letter: Letter, values: LetterValues, names: Sequence[str]) -> Paper:
    """Return what will stand on the paper of a letter that is not kept yet."""
    letterhead = letterhead_of(letter.store.country)
    return paper(
        head=head_of(letterhead),
        letterhead=letterhead,
        language=letter.language,
        address=letter.address_lines,
        day=business_day(now(), letter.store.zone),
        subject=one_line(values.subject),
        greeting=letter.greeting,
        text=values.text,
        signed_by=letter.signed_by,
        enclosures=names,
    )


def pages_of_letter(letter: Letter, values: LetterValues, names: Sequence[str]) -> int:
    """Return of how many pages a letter will be; refuses one that fits into no envelope or window."""
    try:
        pages = pages_of(draft_paper(letter, values, names), now())
    except AddressUnfit as error:
        raise ConversationRefused(
            _("The address has more lines than the window of the envelope shows. Shorten it in the profile."), "address"
        ) from error
    if pages > MOST_PAGES:
        raise ConversationRefused(
            _("The letter would have %(pages)s pages, and more than twenty fit into no envelope. Shorten it.")
            % {"pages": pages},
            "text",
        )
    return pages


def one_line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:LONGEST_SUBJECT]

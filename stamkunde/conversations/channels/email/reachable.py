"""Whether a mail can reach whom it is written to, looked at before it is written: afterwards it is too late to call."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from stamkunde.conversations.models import Conversation, Direction, Message, RecipientRole
from stamkunde.conversations.outgoing import can_be_written_to
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.values import AddressValues
from stamkunde.customers.models import ContactKind, ContactPoint, ContactStatus
from stamkunde.customers.queries.people import first_address, first_contact_point
from stamkunde.customers.suppressing import digest_of, is_anybody_suppressed, suppressed

# Encoded it grows by a third, and most mail servers take 25 MB.
MOST_MEGABYTES = 18


def refuse_unreachable(conversation: Conversation, recipients: Sequence[AddressValues], attached: int = 0) -> None:
    """Refuse a mail that cannot arrive, and say what else there is; `attached` is how many bytes go with it."""
    if not any(one.role == RecipientRole.TO and one.address for one in recipients):
        raise ConversationRefused(_("Write at least one address behind “To”."), "recipients")
    for one in recipients:
        if one.address and not can_be_written_to(one.address):
            raise ConversationRefused(
                _("“%(address)s” is no e-mail address. Look at how it is written.") % {"address": one.address},
                "recipients",
            )
    if attached > MOST_MEGABYTES * 1_000_000:
        raise ConversationRefused(
            _("The files are larger than %(most)s MB together, which most mail servers refuse. Send fewer of them.")
            % {"most": MOST_MEGABYTES},
            "files",
        )
    addresses = {one.address.lower() for one in recipients if one.address}
    _refuse_failing(conversation, addresses)
    _refuse_suppressed(conversation, addresses)


def _refuse_failing(conversation: Conversation, addresses: Collection[str]) -> None:
    known = ContactPoint.objects.filter(kind=ContactKind.EMAIL, value__in=addresses)
    states: dict[str, set[str]] = {}
    for value, status in known.values_list("value", "status"):
        states.setdefault(value, set()).add(status)
    for address, found in states.items():
        # Of a household one may have confirmed what came back to another one long ago.
        if ContactStatus.FAILING in found and ContactStatus.VERIFIED not in found:
            raise ConversationRefused(
                _("Mail to %(address)s comes back. %(instead)s")
                % {"address": address, "instead": _instead(conversation.customer_id)},
                "recipients",
            )


def _instead(customer_id: int | None) -> str:
    """Say how else the customer is reached."""
    if customer_id is not None:
        if phone := first_contact_point(customer_id, ContactKind.PHONE):
            return _("Call %(number)s instead, and ask for an address that works.") % {
                "number": phone.raw or phone.value
            }
        if address := first_address(customer_id):
            return _("Write a letter instead, to %(address)s.") % {"address": address}
    return _("Ask the customer for another address, by telephone or when they are in the store.")


def _refuse_suppressed(conversation: Conversation, addresses: Collection[str]) -> None:
    """Refuse to write to somebody who was erased, unless they have written here themselves since."""
    if not is_anybody_suppressed():
        return
    by_digest = {digest_of(ContactKind.EMAIL, address): address for address in addresses}
    for digest in suppressed(by_digest):
        address = by_digest[digest]
        wrote = Message.objects.filter(
            conversation=conversation, direction=Direction.IN, from_address__iexact=address
        ).exists()
        if not wrote:
            raise ConversationRefused(
                _(
                    "%(address)s belongs to somebody whose data was erased at their own wish. They can write to the "
                    "shop, and are answered then; nobody writes to them first."
                )
                % {"address": address},
                "recipients",
            )

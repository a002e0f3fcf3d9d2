"""What conversations hold about a person: what was said and to whom, and the mails as they came."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from stamkunde.conversations.actions import forget_conversations
from stamkunde.conversations.actions.forgetting import forget_mails_with
from stamkunde.conversations.actions.raw_texts import forget_texts_with
from stamkunde.conversations.models import (
    Attachment,
    Conversation,
    Dispatch,
    Draft,
    InternalNote,
    Letter,
    Mention,
    Message,
    Participant,
    Presence,
    RawMail,
    RawText,
    Recipient,
    SearchWords,
    Tagging,
)
from stamkunde.conversations.searching import forget_words_of_messages
from stamkunde.customers.privacy.grounds import MADE_OF_OTHERS
from stamkunde.kit.privacy import Holding, Sensitivity, register, register_sweep, rows_about

_NONE, _BUSINESS = Sensitivity.NONE, Sensitivity.BUSINESS
_IDENTITY, _BEHAVIOUR, _FREE = Sensitivity.IDENTITY, Sensitivity.BEHAVIOUR, Sensitivity.FREE_TEXT

# Where a mail stood in our own bookkeeping says nothing of whoever wrote it.
_UNREAD = _("It could not be read, so that nobody knows of whom it speaks. What was read stands among your messages.")
_OUR_OWN = _("Our own bookkeeping of how mail was fetched, which says nothing more about you.")


def _messages(customer_id: int) -> Iterator[dict[str, Any]]:
    rows = Message.objects.filter(conversation__customer=customer_id) | Message.objects.filter(customer=customer_id)
    for row in rows.distinct().order_by("said_at", "pk"):
        yield {
            "said_at": row.said_at,
            "direction": row.direction,
            "channel": row.channel,
            "kind": row.kind,
            "from_address": row.from_address,
            "from_name": row.from_name,
            "subject": row.subject,
            "text": row.text,
            "quoted": row.quoted,
            "html": row.html,
            "message_id": row.message_id,
            "in_reply_to": row.in_reply_to,
            "references": row.references,
        }


def _forget(customer_id: int) -> None:
    forget_conversations(list(Conversation.objects.filter(customer=customer_id).values_list("pk", flat=True)))
    # In others' conversations she remains as whoever wrote, without being named.
    forget_words_of_messages(customer_id)
    Message.objects.filter(customer=customer_id).update(
        customer=None, from_address="", from_name="", subject="", text="", quoted="", html="", message_id="",
        in_reply_to="", references=[],
    )  # fmt: skip
    Participant.objects.filter(customer=customer_id).delete()


_OF_CONVERSATION = {"id": _NONE, "conversation": _NONE}

register(
    Holding(
        model=Conversation,
        title=_("Your conversations with us"),
        purpose=_("To answer what customers write and ask, by whoever sees the whole of it."),
        columns={
            "id": _NONE,
            "customer": _NONE,
            "channel": _BUSINESS,
            "subject": _FREE,
            "preview": _FREE,
            "mailbox": _BUSINESS,
            "text_line": _BUSINESS,
            "team": _BUSINESS,
            "assigned_to": _BUSINESS,
            "state": _BUSINESS,
            "is_spam": _BUSINESS,
            "language": _BUSINESS,
            "snoozed_until": _BUSINESS,
            "first_contact_at": _BEHAVIOUR,
            "last_message_at": _BEHAVIOUR,
            "waiting_since": _BUSINESS,
            "closed_at": _BUSINESS,
            "merged_into": _NONE,
            "version": _NONE,
        },
        export=rows_about(
            Conversation, "channel", "subject", "preview", "state", "first_contact_at", "last_message_at", "closed_at"
        ),
        forget=_forget,
    ),
    Holding(
        model=Message,
        title=_("What was said"),
        purpose=_("To know what a customer has said and was told, so that nobody has to tell it twice."),
        columns={
            "id": _NONE,
            "conversation": _NONE,
            "came_from": _NONE,
            "customer": _NONE,
            "direction": _BUSINESS,
            "channel": _BUSINESS,
            "kind": _BUSINESS,
            "from_address": _IDENTITY,
            "from_name": _IDENTITY,
            "written_by_id": _BUSINESS,
            "written_by": _BUSINESS,
            "subject": _FREE,
            "text": _FREE,
            "quoted": _FREE,
            "html": _FREE,
            "said_at": _BEHAVIOUR,
            "recorded_at": _BUSINESS,
            "message_id": _IDENTITY,
            "in_reply_to": _IDENTITY,
            "references": _IDENTITY,
            "flags": _BUSINESS,
            "idempotency_key": _NONE,
            "body_digest": _NONE,
        },
        export=_messages,
    ),
    Holding(
        model=Recipient,
        title=_("To whom messages went"),
        purpose=_("To know who was told what."),
        columns={
            "id": _NONE,
            "message": _NONE,
            "role": _BUSINESS,
            "address": _IDENTITY,
            "name": _IDENTITY,
            "is_reached": _BUSINESS,
            "refusal": _FREE,
        },
        export=rows_about(Recipient, "role", "address", "name", "refusal", by="message__conversation__customer"),
    ),
    Holding(
        model=Attachment,
        title=_("Files in messages"),
        purpose=_("To have what a customer sent along, and what was sent to them."),
        columns={
            "id": _NONE,
            "message": _NONE,
            "draft": _NONE,
            "name": _FREE,
            "content_type": _BUSINESS,
            "size": _BUSINESS,
            "digest": _BUSINESS,
            "content_id": _BUSINESS,
            "is_inline": _BUSINESS,
            "added_at": _BUSINESS,
        },
        export=rows_about(
            Attachment, "name", "content_type", "size", "digest", "added_at", by="message__conversation__customer"
        ),
    ),
    Holding(
        model=Dispatch,
        title=_("How far messages to you came"),
        purpose=_("To send each message once, and to know whether it arrived."),
        columns={
            "id": _NONE,
            "message": _NONE,
            "mailbox": _BUSINESS,
            "text_line": _BUSINESS,
            "template": _FREE,
            "state": _BUSINESS,
            "due_at": _BUSINESS,
            "queued_at": _BUSINESS,
            "attempts": _BUSINESS,
            "leased_by": _NONE,
            "leased_until": _NONE,
            "digest": _NONE,
            "size": _NONE,
            "sent_at": _BUSINESS,
            "answer": _FREE,
        },
        export=rows_about(Dispatch, "state", "sent_at", "answer", "template", by="message__conversation__customer"),
    ),
    Holding(
        model=Participant,
        title=_("Who takes part in your conversations"),
        purpose=_("To know whose answers belong to a conversation."),
        columns={
            **_OF_CONVERSATION,
            "address": _IDENTITY,
            "name": _IDENTITY,
            "customer": _NONE,
            "is_confirmed": _BUSINESS,
            "joined_at": _BUSINESS,
        },
        export=rows_about(Participant, "address", "name", "joined_at", by="conversation__customer"),
    ),
    Holding(
        model=InternalNote,
        title=_("Notes of staff on conversations"),
        purpose=_("To let colleagues go on where another has left off."),
        columns={
            **_OF_CONVERSATION,
            "text": _FREE,
            "written_by_id": _BUSINESS,
            "written_by": _BUSINESS,
            "written_at": _BUSINESS,
        },
        export=rows_about(InternalNote, "text", "written_at", by="conversation__customer"),
    ),
    Holding(
        model=Draft,
        title=_("Answers that were begun"),
        purpose=_("To lose nothing that somebody was writing."),
        columns={
            **_OF_CONVERSATION,
            "user": _BUSINESS,
            "is_note": _BUSINESS,
            "text": _FREE,
            "recipients": _IDENTITY,
            "saved_at": _BUSINESS,
            "version": _NONE,
        },
        export=rows_about(Draft, "text", "recipients", "saved_at", by="conversation__customer"),
    ),
    Holding(
        model=Mention,
        title=_("Colleagues called to your conversations"),
        purpose=_("To call a colleague to a conversation."),
        columns={"id": _NONE, "note": _NONE, "user": _BUSINESS, "seen_at": _BUSINESS},
        export=rows_about(Mention, "seen_at", by="note__conversation__customer"),
    ),
    Holding(
        model=Presence,
        title=_("Who is at your conversations just now"),
        purpose=_("To keep two colleagues from answering at once."),
        columns={**_OF_CONVERSATION, "user": _BUSINESS, "is_writing": _BUSINESS, "seen_at": _BUSINESS},
        export=rows_about(Presence, "seen_at", by="conversation__customer"),
    ),
    Holding(
        model=Tagging,
        title=_("How your conversations are sorted"),
        purpose=_("To sort conversations by what they are about."),
        columns={**_OF_CONVERSATION, "tag": _BUSINESS},
        export=rows_about(Tagging, "tag__name", by="conversation__customer"),
    ),
    Holding(
        model=SearchWords,
        title=_("By which words your conversations are found"),
        purpose=_("To find again what was said."),
        columns={**_OF_CONVERSATION, "message": _NONE, "note": _NONE, "words": _FREE},
        export=lambda customer_id: (),
        withheld={"words": MADE_OF_OTHERS},
    ),
    Holding(
        model=RawText,
        title=_("What providers of text messages handed in"),
        purpose=_("To lose no message, and to read again what could not be read."),
        columns={
            "id": _NONE,
            "text_line": _BUSINESS,
            "digest": _NONE,
            "size": _BUSINESS,
            "query": _NONE,
            "body": _FREE,
            "received_at": _BEHAVIOUR,
            "state": _BUSINESS,
            "reason": _BUSINESS,
            "trace": _BUSINESS,
            "attempts": _BUSINESS,
            "leased_until": _NONE,
            "read_at": _BUSINESS,
        },
        # It is kept before anybody knows of whom it speaks, and let go of when it was read into messages.
        export=lambda customer_id: (),
        withheld={"body": _UNREAD, "received_at": _UNREAD},
    ),
    Holding(
        model=Letter,
        title=_("Letters to you"),
        purpose=_("To send letters by post, to know what became of each, and not to write where none arrives."),
        columns={
            "id": _NONE,
            "message": _NONE,
            "store": _BUSINESS,
            "address": _NONE,
            "address_lines": _IDENTITY,
            "to_country": _IDENTITY,
            "language": _BUSINESS,
            "greeting": _IDENTITY,
            "signed_by": _BUSINESS,
            "pages": _BUSINESS,
            "enclosed_sheets": _BUSINESS,
            "run": _NONE,
            "printings": _BUSINESS,
            "printed_at": _BUSINESS,
            "posted_on": _BEHAVIOUR,
            "cost": _BUSINESS,
            "currency": _BUSINESS,
            "returned_at": _BEHAVIOUR,
            "return_reason": _FREE,
        },
        export=rows_about(
            Letter,
            "address_lines",
            "to_country",
            "greeting",
            "posted_on",
            "cost",
            "currency",
            "returned_at",
            "return_reason",
            by="message__conversation__customer",
        ),
    ),  # fmt: skip
    Holding(
        model=RawMail,
        title=_("Mails as they came"),
        purpose=_("To lose no mail, and to read one again that was read wrongly."),
        columns={
            "id": _NONE,
            "mailbox": _BUSINESS,
            "digest": _NONE,
            "size": _BUSINESS,
            "uid_validity": _NONE,
            "uid": _NONE,
            "envelope_to": _IDENTITY,
            "received_at": _BEHAVIOUR,
            "state": _BUSINESS,
            "reason": _BUSINESS,
            "trace": _FREE,
            "attempts": _BUSINESS,
            "leased_until": _NONE,
            "read_at": _BUSINESS,
            "is_whole": _BUSINESS,
            "message": _NONE,
        },
        export=rows_about(RawMail, "received_at", "envelope_to", "size", by="message__conversation__customer"),
        withheld={"trace": _OUR_OWN},
    ),
)

register_sweep(forget_mails_with)
register_sweep(forget_texts_with)

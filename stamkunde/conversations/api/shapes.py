"""What machines are given of conversations, and send about them."""

from datetime import datetime

from pydantic import Field

from stamkunde.conversations.models import (
    Attachment,
    Conversation,
    ConversationState,
    Direction,
    Dispatch,
    DispatchState,
    MessageKind,
    Recipient,
    RecipientRole,
    SavedReply,
)
from stamkunde.conversations.noticed import said_of as noticed
from stamkunde.conversations.queries.thread import Said
from stamkunde.conversations.unsent import said_of
from stamkunde.kit.api.fields import Flag, Given, Id, Line, Moment, Sent, Text

LONGEST_UNDO = 120


class ConversationGiven(Given):
    """One thread of messages with somebody."""

    id: int
    customer_id: int | None = Field(description="Empty while nobody knows whose it is.")
    channel: str = Field(description="One of email, phone, chat, sms, messenger, letter and video.", examples=["email"])
    subject: str
    preview: str = Field(description="The beginning of what was said last.")
    state: ConversationState
    is_spam: bool
    mailbox_id: int | None
    text_line_id: int | None = Field(description="The number of the shop by which text messages come and go.")
    team_id: int | None
    owner_id: int | None = Field(description="The colleague who answers it.")
    language: str
    snoozed_until: datetime | None
    first_contact_at: datetime
    last_message_at: datetime
    waiting_since: datetime | None = Field(description="Since when somebody waits for an answer.")
    merged_into_id: int | None = Field(description="The conversation in which it goes on.")
    tag_ids: list[int]
    version: int


class RecipientGiven(Given):
    """To whom a message was addressed."""

    role: RecipientRole
    address: str
    name: str
    refusal: str = Field(description="Why a mail server did not take it for this one; empty where it did.")


class AttachmentGiven(Given):
    """A file that came or went with a message."""

    id: int
    name: str
    content_type: str = Field(description="What its first bytes look like.", examples=["application/pdf"])
    size: int = Field(description="In bytes.")
    digest: str = Field(description="SHA-256 of its bytes.")


class DispatchGiven(Given):
    """How far a message from the shop is."""

    state: DispatchState
    due_at: datetime
    attempts: int
    sent_at: datetime | None
    explanation: str = Field(description="What a person is told of it; empty where the state says it all.")


class ConversationMessageGiven(Given):
    """One thing that was said."""

    id: int
    conversation_id: int
    direction: Direction
    channel: str = Field(description="One of email, phone, chat, sms, messenger, letter and video.", examples=["email"])
    kind: MessageKind
    from_address: str
    from_name: str
    written_by: str = Field(description="The colleague who wrote it.")
    subject: str
    text: str
    quoted: str = Field(description="What was repeated of others beneath it.")
    said_at: datetime
    message_id: str = Field(description="The number that a mail goes out under.")
    recipients: list[RecipientGiven]
    attachments: list[AttachmentGiven]
    dispatch: DispatchGiven | None
    notices: list[str] = Field(description="What was noticed about it, in words.")


class InternalNoteGiven(Given):
    """A remark among staff, which no customer sees."""

    id: int
    text: str
    written_by: str
    written_at: datetime


class TagGiven(Given):
    """A word by which conversations are sorted."""

    id: int
    name: str
    is_used: bool


class Tags(Given):
    items: list[TagGiven]


class SavedReplyGiven(Given):
    """An answer that is often given, by language."""

    id: int
    name: str
    team_id: int | None
    is_used: bool
    texts: dict[str, str] = Field(examples=[{"en": "Thank you for your message."}])
    version: int


class SavedReplies(Given):
    items: list[SavedReplyGiven]


class RecipientSent(Sent):
    """Somebody a message is for."""

    address: Line = Field(examples=["kari@example.org"])
    name: Line = ""
    role: RecipientRole = RecipientRole.TO


class ConversationAnswerSent(Sent):
    """What is written to a customer."""

    text: Text = Field("", examples=["It is here now and waits for you."])
    recipients: list[RecipientSent] = Field(min_length=1, max_length=50)
    attachment_ids: list[Id] = Field(
        default=[], max_length=20, description="Files that were attached in this conversation beforehand."
    )
    undo_seconds: int = Field(
        0, strict=True, ge=0, le=LONGEST_UNDO, description="For how long it waits and can be taken back."
    )
    template_id: Id | None = Field(None, description="Of WhatsApp: the approved template it goes out as.")
    fields: list[Line] = Field(default=[], max_length=10, description="What fills the template's gaps, in order.")


class ConversationSent(Sent):
    """A conversation that the shop begins by e-mail, with its first message."""

    address: Line = Field(examples=["kari@example.org"])
    subject: Line = Field(min_length=1, max_length=300, examples=["Your kettle"])
    text: Text = Field(examples=["It is here now and waits for you."])
    customer_id: Id | None = Field(None, description="Whose it is; unknown if empty.")
    mailbox_id: Id | None = Field(None, description="The mailbox it goes out by; the first in use if empty.")
    undo_seconds: int = Field(
        0, strict=True, ge=0, le=LONGEST_UNDO, description="For how long it waits and can be taken back."
    )


class InternalNoteSent(Sent):
    """A remark among staff; nobody outside sees it."""

    text: Text = Field(examples=["She called as well."])
    called_ids: list[Id] = Field(default=[], max_length=50, description="Colleagues it calls to the conversation.")


class HeldDecisionSent(Sent):
    """What became of messages that are held back since a backup was restored."""

    message_ids: list[Id] = Field(min_length=1, max_length=200)
    is_sent: Flag = Field(examples=[False], description="They had gone out already; otherwise they go out now.")


class HeldDecided(Given):
    number: int = Field(description="How many were decided about.")


class OwnerSent(Sent):
    owner_id: Id | None = Field(description="Who answers it; nobody if empty.")


class ConversationTeamSent(Sent):
    team_id: Id | None = Field(description="The team it is given to; none if empty.")


class SnoozeSent(Sent):
    until: Moment = Field(examples=["2030-05-17T09:00:00+02:00"])


class SpamSent(Sent):
    is_spam: Flag = Field(examples=[True])


class WhoseSent(Sent):
    customer_id: Id | None = Field(description="Whose it is; unknown if empty.")


class ConversationMergeSent(Sent):
    into_id: Id = Field(description="The conversation it becomes part of.")


def conversation_given(conversation: Conversation, tags: list[int]) -> ConversationGiven:
    return ConversationGiven(
        id=conversation.pk,
        customer_id=conversation.customer_id,
        channel=conversation.channel,
        subject=conversation.subject,
        preview=conversation.preview,
        state=ConversationState(conversation.state),
        is_spam=conversation.is_spam,
        mailbox_id=conversation.mailbox_id,
        text_line_id=conversation.text_line_id,
        team_id=conversation.team_id,
        owner_id=conversation.assigned_to_id,
        language=conversation.language,
        snoozed_until=conversation.snoozed_until,
        first_contact_at=conversation.first_contact_at,
        last_message_at=conversation.last_message_at,
        waiting_since=conversation.waiting_since,
        merged_into_id=conversation.merged_into_id,
        tag_ids=tags,
        version=conversation.version,
    )


def message_given(said: Said) -> ConversationMessageGiven:
    message = said.message
    return ConversationMessageGiven(
        id=message.pk,
        conversation_id=message.conversation_id,
        direction=Direction(message.direction),
        channel=message.channel,
        kind=MessageKind(message.kind),
        from_address=message.from_address,
        from_name=message.from_name,
        written_by=message.written_by,
        subject=message.subject,
        text=message.text,
        quoted=message.quoted,
        said_at=message.said_at,
        message_id=message.message_id,
        recipients=[_recipient(one) for one in said.recipients],
        attachments=[attachment_given(one) for one in said.attachments],
        dispatch=_dispatch(said.dispatch) if said.dispatch is not None else None,
        notices=[sentence for flag in message.flags if (sentence := noticed(flag))],
    )


def saved_reply_given(row: SavedReply) -> SavedReplyGiven:
    """Give a saved reply that was got with its texts."""
    return SavedReplyGiven(
        id=row.pk,
        name=row.name,
        team_id=row.team_id,
        is_used=row.is_used,
        texts={text.language: text.text for text in row.texts.all()},
        version=row.version,
    )


def attachment_given(row: Attachment) -> AttachmentGiven:
    return AttachmentGiven(id=row.pk, name=row.name, content_type=row.content_type, size=row.size, digest=row.digest)


def _recipient(row: Recipient) -> RecipientGiven:
    return RecipientGiven(role=RecipientRole(row.role), address=row.address, name=row.name, refusal=row.refusal)


def _dispatch(row: Dispatch) -> DispatchGiven:
    return DispatchGiven(
        state=DispatchState(row.state),
        due_at=row.due_at,
        attempts=row.attempts,
        sent_at=row.sent_at,
        explanation=said_of(row),
    )

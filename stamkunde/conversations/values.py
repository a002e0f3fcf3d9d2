"""What is handed to the actions of conversations, checked there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from stamkunde.conversations.models import Channel, Mailbox, MessageKind, RecipientRole, TextLine


@dataclass(frozen=True, kw_only=True)
class FileValues:
    """A file that came along; its bytes are kept before a row names them."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True)
class AddressValues:
    address: str
    name: str = ""
    role: str = RecipientRole.TO


@dataclass(frozen=True, kw_only=True)
class IncomingValues:
    """One message to the shop, by whatever channel; `key` is the same for whatever is the same message.

    `is_ours` says that it was said by the shop elsewhere, such as the copy in a folder of sent mail. A machine that
    reports `takes_part` in nothing, and a stranger does once staff have confirmed her.
    """

    channel: Channel
    said_at: datetime
    text: str
    key: str = ""
    kind: MessageKind = MessageKind.HUMAN
    customer_id: int | None = None
    from_address: str = ""
    from_name: str = ""
    recipients: Sequence[AddressValues] = ()
    subject: str = ""
    quoted: str = ""
    html: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    flags: Sequence[str] = ()
    files: Sequence[FileValues] = ()
    mailbox: Mailbox | None = None
    text_line: TextLine | None = None
    language: str = ""
    is_ours: bool = False
    takes_part: bool = True
    is_confirmed: bool = True


@dataclass(frozen=True, kw_only=True)
class AnswerValues:
    """What is written to a customer. Files of the writer's draft go with it by their numbers, `files` as they are."""

    text: str
    recipients: Sequence[AddressValues] = field(default=())
    attachment_ids: Sequence[int] = ()
    files: Sequence[FileValues] = ()
    # Whose draft the files lie in, where a program of theirs writes.
    writer_id: int | None = None
    # Without one the seconds in which it can be taken back are the usual ones.
    undo_seconds: int = 10
    # Written by no person, such as that a mail has arrived: it is no answer, and asks machines not to answer it.
    is_automatic: bool = False
    # Of a messenger: the approved template it goes out as, and what fills its gaps in their order.
    template_id: int | None = None
    fields: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class LetterValues:
    """A letter: what is written, to which of the customer's addresses, and in which store it is printed.

    Files are enclosed: their names stand at the end of the letter, and whoever prints it puts them in, as so many
    sheets.
    """

    text: str
    subject: str = ""
    address_id: int | None = None
    store_id: int | None = None
    language: str = ""
    attachment_ids: Sequence[int] = ()
    files: Sequence[FileValues] = ()
    enclosed_sheets: int = 0

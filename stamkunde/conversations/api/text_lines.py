"""Numbers for text messages and messengers, their templates, and what could not be read, as machines see to them."""

from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Language
from stamkunde.conversations.access import (
    ANSWER,
    MANAGE,
    QUARANTINE,
    lines_to_write_by,
    text_line_for,
    text_set_aside_for,
    text_template_for,
    texts_set_aside,
    visible_text_lines,
)
from stamkunde.conversations.actions import start_text_conversation
from stamkunde.conversations.actions.raw_texts import read_texts_again
from stamkunde.conversations.actions.text_lines import (
    TemplateValues,
    TextLineValues,
    add_text_line,
    add_text_template,
    change_text_line,
    change_text_template,
    draw_hook_key,
)
from stamkunde.conversations.api.shapes import LONGEST_UNDO, ConversationMessageGiven, message_given
from stamkunde.conversations.channels.text.lines import hook_of
from stamkunde.conversations.mailbox_state import said_reason
from stamkunde.conversations.models import Assigning, Message, RawText, TextLine, TextProviderName, TextTemplate
from stamkunde.conversations.queries.thread import said_of_messages
from stamkunde.conversations.raw_text_file import raw_text_file
from stamkunde.conversations.text_line_state import LineFares, line_fares_of, try_line
from stamkunde.conversations.values import AnswerValues
from stamkunde.kit.api.fields import Count, Flag, Given, Id, Limit, Line, Mark, PathId, Sent, Text, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, versioned
from stamkunde.kit.paging import Order, page

routes = Routes("Text messages", "The shop's numbers for text messages and WhatsApp, templates, and writing by them.")
MOST = 500


class TextLineGiven(Given):
    """A number of the shop, without what opens it."""

    id: int
    name: str = Field(examples=["Text messages"])
    provider: TextProviderName
    number: str = Field(examples=["+4791234567"])
    is_used: bool
    team_id: int | None
    assigning: Assigning
    language: str
    account: str
    url: str = Field(description="Another address of the provider; empty for its usual one.")
    megabytes: int = Field(description="The largest file that is fetched.")
    hook: str = Field(description="Where the provider hands in what comes; the key stands in it.")
    to_send: int
    set_aside: int
    heard_at: datetime | None
    sending_failing_since: datetime | None
    sending_failure: str
    version: int


class TextLines(Given):
    items: list[TextLineGiven]


class TextLineSent(Sent):
    """A number. What opens it is sent only where it changes."""

    name: Line = Field(examples=["Text messages"])
    provider: TextProviderName
    number: Line = Field(examples=["+4791234567"])
    account: Line = Field(examples=["u1234567890abcdef"])
    is_used: Flag = True
    team_id: Id | None = None
    assigning: Assigning = Assigning.NOBODY
    language: Language | None = None
    url: Line = ""
    megabytes: Count = 16
    secret: Text = Field("", description="What the provider lets us in by: a password or a token.")
    hook_secret: Text = Field("", description="What WhatsApp signs with: the app secret.")


class TextLineTried(Given):
    """What came of asking the provider."""

    is_well: bool
    said: str


class TextTemplateGiven(Given):
    """A message that WhatsApp approved."""

    id: int
    text_line_id: int
    name: str = Field(examples=["order_is_here"])
    language: str = Field(examples=["nb"])
    text: str = Field(examples=["Hello {{1}}, your order is here."])
    is_used: bool
    version: int


class TextTemplates(Given):
    items: list[TextTemplateGiven]


class TextTemplateSent(Sent):
    """A message that WhatsApp approved, written down as it is known there."""

    name: Line = Field(examples=["order_is_here"])
    language: Word = Field(examples=["nb"])
    text: Text = Field(examples=["Hello {{1}}, your order is here."])
    is_used: Flag = True


class TextConversationSent(Sent):
    """A first message to somebody by text message or in WhatsApp."""

    text_line_id: Id
    number: Line = Field(examples=["+4791234567"])
    text: Text = Field("", examples=["Your coat is ready."])
    template_id: Id | None = Field(None, description="Of WhatsApp: the approved template it goes out as.")
    fields: list[Line] = Field(default=[], max_length=10, description="What fills the template's gaps, in order.")
    customer_id: Id | None = None
    undo_seconds: int = Field(
        0, strict=True, ge=0, le=LONGEST_UNDO, description="For how long it waits and can be taken back."
    )


class TextSetAsideGiven(Given):
    """Something that a provider handed in and that could not be read."""

    id: int
    text_line_id: int
    reason: str = Field(examples=["broken"])
    said: str
    received_at: datetime
    size: int = Field(description="In bytes.")
    attempts: int


class TextsReadAgain(Given):
    number: int


@routes.get("/text-lines", MANAGE, TextLines)
def list_text_lines(request: HttpRequest) -> TextLines:
    """List the shop's numbers for text messages and WhatsApp, and how each fares."""
    rows = list(visible_text_lines(bearer(request))[:MOST])
    fares = line_fares_of(rows)
    return TextLines(items=[_given(row, fares[row.pk]) for row in rows])


@routes.post("/text-lines", MANAGE, TextLineGiven)
def add_text_line_(request: HttpRequest, sent: TextLineSent) -> TextLineGiven:
    """Set up a number; the address for what comes in is drawn and stands in the answer."""
    return _one(request, add_text_line(_values(sent), by=bearer(request).actor))


@routes.get("/text-lines/{text_line_id}", MANAGE, TextLineGiven)
def get_text_line(request: HttpRequest, text_line_id: PathId) -> TextLineGiven:
    """Read how a number is set up and fares; what opens it is never given."""
    return _one(request, text_line_for(bearer(request), text_line_id))


@routes.put("/text-lines/{text_line_id}", MANAGE, TextLineGiven)
def change_text_line_(request: HttpRequest, text_line_id: PathId, sent: TextLineSent) -> TextLineGiven:
    """Set a number up differently; what opens it stays as it is where it is left out."""
    user = bearer(request)
    found = text_line_for(user, text_line_id)
    version = seen_version(request, found.version)
    return _one(request, change_text_line(found, _values(sent), version=version, by=user.actor))


@routes.post("/text-lines/{text_line_id}/tries", MANAGE, TextLineTried, 200, writes=False, goes_outside=True)
def try_text_line(request: HttpRequest, text_line_id: PathId) -> TextLineTried:
    """Ask the provider once whether it lets us in; nothing is sent."""
    return TextLineTried.model_validate(try_line(text_line_for(bearer(request), text_line_id)))


@routes.post("/text-lines/{text_line_id}/hook-keys", MANAGE, TextLineGiven)
def draw_text_line_key(request: HttpRequest, text_line_id: PathId) -> TextLineGiven:
    """Draw another address for what the provider hands in; the former one leads nowhere any more."""
    user = bearer(request)
    return _one(request, draw_hook_key(text_line_for(user, text_line_id), by=user.actor))


@routes.get("/text-lines/{text_line_id}/templates", MANAGE, TextTemplates)
def list_text_templates(request: HttpRequest, text_line_id: PathId) -> TextTemplates:
    """List the templates that WhatsApp approved for a number."""
    rows = TextTemplate.objects.filter(text_line=text_line_for(bearer(request), text_line_id))[:MOST]
    return TextTemplates(items=[TextTemplateGiven.model_validate(row) for row in rows])


@routes.post("/text-lines/{text_line_id}/templates", MANAGE, TextTemplateGiven)
def add_text_template_(request: HttpRequest, text_line_id: PathId, sent: TextTemplateSent) -> TextTemplateGiven:
    """Write down a template that WhatsApp approved."""
    user = bearer(request)
    made = add_text_template(text_line_for(user, text_line_id), TemplateValues(**sent.model_dump()), by=user.actor)
    versioned(request, made.version)
    return TextTemplateGiven.model_validate(made)


@routes.get("/text-templates/{template_id}", MANAGE, TextTemplateGiven)
def get_text_template(request: HttpRequest, template_id: PathId) -> TextTemplateGiven:
    """Read a template."""
    found = text_template_for(bearer(request), template_id)
    versioned(request, found.version)
    return TextTemplateGiven.model_validate(found)


@routes.put("/text-templates/{template_id}", MANAGE, TextTemplateGiven)
def change_text_template_(request: HttpRequest, template_id: PathId, sent: TextTemplateSent) -> TextTemplateGiven:
    """Write a template down anew, or take it out of use."""
    user = bearer(request)
    found = text_template_for(user, template_id)
    version = seen_version(request, found.version)
    changed = change_text_template(found, TemplateValues(**sent.model_dump()), version=version, by=user.actor)
    versioned(request, changed.version)
    return TextTemplateGiven.model_validate(changed)


@routes.post("/text-conversations", ANSWER, ConversationMessageGiven)
def start_text_conversation_(request: HttpRequest, sent: TextConversationSent) -> ConversationMessageGiven:
    """Write to somebody first, by a number of the shop. WhatsApp takes an approved template for that."""
    user = bearer(request)
    line = lines_to_write_by(user).filter(pk=sent.text_line_id).first()
    if line is None:
        raise invalid("There is no number in use with this id.", "text_line_id")
    values = AnswerValues(
        text=sent.text, template_id=sent.template_id, fields=sent.fields, undo_seconds=sent.undo_seconds
    )
    made = start_text_conversation(line, sent.number, values, customer_id=sent.customer_id, by=user.actor)
    message = Message.objects.select_related("dispatch__text_line").get(pk=made.pk)
    return message_given(said_of_messages(user, [message])[0])


@routes.get("/texts-set-aside", QUARANTINE, Listed[TextSetAsideGiven])
def list_texts_set_aside(
    request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[TextSetAsideGiven]:
    """List what providers handed in and could not be read, the newest first."""
    rows = page(texts_set_aside(bearer(request)), Order("pk"), mark=mark, size=limit)
    return Listed[TextSetAsideGiven](items=[_aside(raw) for raw in rows.rows], **marks_of(rows))


@routes.get("/texts-set-aside/{text_id}/content", QUARANTINE, bytes, gives_file=True)
def get_text_set_aside(request: HttpRequest, text_id: PathId) -> HttpResponseBase:
    """Fetch it as it came."""
    raw = text_set_aside_for(bearer(request), text_id)
    return cast(HttpResponseBase, raw_text_file(raw))


@routes.post("/texts-set-aside/{text_id}/readings", QUARANTINE, TextsReadAgain, 200)
def read_text_again(request: HttpRequest, text_id: PathId) -> TextsReadAgain:
    """Let it be read again, once what hindered it is mended."""
    user = bearer(request)
    return TextsReadAgain(number=read_texts_again([text_set_aside_for(user, text_id).pk], by=user.actor))


def _values(sent: TextLineSent) -> TextLineValues:
    values: dict[str, Any] = sent.model_dump()
    return TextLineValues(**values | {"language": values["language"] or ""})


def _one(request: HttpRequest, line: TextLine) -> TextLineGiven:
    versioned(request, line.version)
    return _given(line, line_fares_of([line])[line.pk])


def _given(row: TextLine, fares: LineFares) -> TextLineGiven:
    own = {
        name: getattr(row, name) for name in TextLineGiven.model_fields if name not in ("hook", "to_send", "set_aside")
    }
    return TextLineGiven(**own, hook=hook_of(row), to_send=fares.to_send, set_aside=fares.set_aside)


def _aside(raw: RawText) -> TextSetAsideGiven:
    return TextSetAsideGiven(
        id=raw.pk,
        text_line_id=raw.text_line_id,
        reason=raw.reason,
        said=said_reason(raw.reason),
        received_at=raw.received_at,
        size=raw.size,
        attempts=raw.attempts,
    )

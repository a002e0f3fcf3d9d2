"""Conversations and what was said in them, as machines read it."""

from collections.abc import Iterable
from typing import cast

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase

from stamkunde.accounts.bearing import bearer
from stamkunde.conversations.access import SEE, conversation_for
from stamkunde.conversations.api.shapes import (
    ConversationGiven,
    ConversationMessageGiven,
    InternalNoteGiven,
    SavedReplies,
    TagGiven,
    Tags,
    conversation_given,
    message_given,
    saved_reply_given,
)
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import Attachment, Conversation, InternalNote, SavedReply, Tag, Tagging
from stamkunde.conversations.queries import Filters, inbox_page, thread
from stamkunde.conversations.queries.inbox import LISTS, List
from stamkunde.conversations.queries.thread import said_of_messages
from stamkunde.conversations.unsent import unsent
from stamkunde.kit.api.fields import Limit, Mark, PathId, QueryWord, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import versioned
from stamkunde.kit.paging import Order, instant, page

routes = Routes("Conversations", "What customers write and are told, by every channel: lists, messages, files.")
MOST = 500
WHICH = f"Which list: {', '.join(LISTS)}."


@routes.get("/conversations", SEE, Listed[ConversationGiven])
def list_conversations(
    request: HttpRequest,
    list: QueryWord = query(List.OPEN, description=WHICH, examples=["waiting"]),
    channel: QueryWord = query("", examples=["email"]),
    team_id: PathId | None = query(None, description="Only those of this team."),
    mailbox_id: PathId | None = query(None, description="Only those of this mailbox."),
    tag_id: PathId | None = query(None, description="Only those that bear this tag."),
    customer_id: PathId | None = query(None),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[ConversationGiven]:
    """List conversations as the inbox does: the newest first, or those first that have waited longest."""
    if list not in LISTS:
        raise invalid(f"Choose one of these lists: {', '.join(LISTS)}.", "list")
    filters = Filters(channel=channel, team_id=team_id, mailbox_id=mailbox_id, tag_id=tag_id, customer_id=customer_id)
    rows = inbox_page(bearer(request), list, filters, mark=mark, size=limit)
    return Listed[ConversationGiven](items=_given(rows.rows), **marks_of(rows))


@routes.get("/conversations/{conversation_id}", SEE, ConversationGiven)
def get_conversation(request: HttpRequest, conversation_id: PathId) -> ConversationGiven:
    """Read one conversation; what was said in it is a list of its own."""
    return given_again(request, conversation_id)


@routes.get("/conversations/{conversation_id}/messages", SEE, Listed[ConversationMessageGiven])
def list_messages(
    request: HttpRequest, conversation_id: PathId, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[ConversationMessageGiven]:
    """List what was said, the newest first; what was taken back before it was sent was not said."""
    user = bearer(request)
    found = thread(user, conversation_for(user, conversation_id), mark=mark, size=limit)
    said = [entry.said for entry in found.entries if entry.said is not None]
    return Listed[ConversationMessageGiven](
        items=[message_given(one) for one in reversed(said)], next=found.older, previous=found.newer
    )


@routes.get("/conversations/{conversation_id}/notes", SEE, Listed[InternalNoteGiven])
def list_internal_notes(
    request: HttpRequest, conversation_id: PathId, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[InternalNoteGiven]:
    """List what staff wrote to each other about a conversation, the newest first."""
    notes = InternalNote.objects.filter(conversation=conversation_for(bearer(request), conversation_id))
    rows = page(notes, Order("written_at"), mark=mark, size=limit, parse=instant)
    return Listed[InternalNoteGiven](
        items=[InternalNoteGiven.model_validate(note) for note in rows.rows], **marks_of(rows)
    )


@routes.get("/conversations/{conversation_id}/files/{attached_id}/content", SEE, bytes, gives_file=True)
def get_attachment(request: HttpRequest, conversation_id: PathId, attached_id: PathId) -> HttpResponseBase:
    """Fetch a file that came or went with a message, as its bytes are."""
    there = conversation_for(bearer(request), conversation_id)
    attachment = Attachment.objects.filter(pk=attached_id, message__conversation=there).first()
    if attachment is None:
        raise Http404
    try:
        content = STORE.opened(attachment.digest)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content, as_attachment=True, filename=attachment.name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return cast(HttpResponseBase, response)


@routes.get("/unsent-messages", SEE, Listed[ConversationMessageGiven])
def list_unsent_messages(
    request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[ConversationMessageGiven]:
    """List messages of the shop that failed, came back or were perhaps sent, the newest first."""
    rows = page(unsent(bearer(request)), Order("pk"), mark=mark, size=limit)
    return Listed[ConversationMessageGiven](
        items=[message_given(one) for one in said_of_messages(bearer(request), [row.message for row in rows.rows])],
        **marks_of(rows),
    )


@routes.get("/conversation-tags", SEE, Tags)
def list_tags(request: HttpRequest) -> Tags:
    """List the words by which conversations are sorted."""
    return Tags(items=[TagGiven.model_validate(tag) for tag in Tag.objects.all()[:MOST]])


@routes.get("/saved-replies", SEE, SavedReplies)
def list_saved_replies(request: HttpRequest) -> SavedReplies:
    """List the answers that are often given, in the languages they are given in."""
    rows = SavedReply.objects.prefetch_related("texts")[:MOST]
    return SavedReplies(items=[saved_reply_given(row) for row in rows])


def given_again(request: HttpRequest, conversation_id: int) -> ConversationGiven:
    """Return a conversation as it is now, with its version."""
    there = conversation_for(bearer(request), conversation_id)
    versioned(request, there.version)
    return _given([there])[0]


def _given(conversations: Iterable[Conversation]) -> list[ConversationGiven]:
    some = [*conversations]
    tags: dict[int, list[int]] = {}
    for conversation, tag in (
        Tagging.objects.filter(conversation__in=some).order_by("pk").values_list("conversation", "tag")
    ):
        tags.setdefault(conversation, []).append(tag)
    return [conversation_given(one, tags.get(one.pk, [])) for one in some]

"""Saved replies and tags, as machines write them."""

from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Language, Team
from stamkunde.conversations.access import CURATE
from stamkunde.conversations.actions import add_saved_reply, add_tag, change_saved_reply, change_tag
from stamkunde.conversations.api.shapes import SavedReplyGiven, TagGiven, saved_reply_given
from stamkunde.conversations.models import SavedReply, Tag
from stamkunde.kit.api.fields import Flag, Id, Line, PathId, Sent, Text
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, versioned

routes = Routes("Saved replies and tags", "What is often answered, and the words by which conversations are sorted.")


class NewTagSent(Sent):
    name: Line = Field(examples=["repair"])


class TagSent(NewTagSent):
    is_used: Flag = Field(examples=[True], description="No conversation is given a tag that is not in use any more.")


class NewSavedReplySent(Sent):
    """An answer that is often given, by language."""

    name: Line = Field(examples=["Thanks"])
    texts: dict[Language, Text] = Field(min_length=1, examples=[{"en": "Thank you for your message."}])
    team_id: Id | None = Field(None, description="Whose own it is; everybody's if empty.")


class SavedReplySent(NewSavedReplySent):
    is_used: Flag = Field(examples=[True])


@routes.post("/conversation-tags", CURATE, TagGiven)
def add_tag_(request: HttpRequest, sent: NewTagSent) -> TagGiven:
    """Add a word by which conversations are sorted; one that was put away is in use again."""
    return TagGiven.model_validate(add_tag(sent.name, by=bearer(request).actor))


@routes.put("/conversation-tags/{tag_id}", CURATE, TagGiven)
def change_tag_(request: HttpRequest, tag_id: PathId, sent: TagSent) -> TagGiven:
    """Call a tag otherwise, or put it away."""
    tag = Tag.objects.filter(pk=tag_id).first()
    if tag is None:
        raise Http404
    change_tag(tag, sent.name, is_used=sent.is_used, by=bearer(request).actor)
    return TagGiven.model_validate(Tag.objects.get(pk=tag_id))


@routes.post("/saved-replies", CURATE, SavedReplyGiven)
def add_saved_reply_(request: HttpRequest, sent: NewSavedReplySent) -> SavedReplyGiven:
    """Write a saved reply, in at least one language."""
    reply = add_saved_reply(sent.name, _texts(sent), team=_team(sent.team_id), by=bearer(request).actor)
    return _given(request, reply.pk)


@routes.put("/saved-replies/{saved_reply_id}", CURATE, SavedReplyGiven)
def change_saved_reply_(request: HttpRequest, saved_reply_id: PathId, sent: SavedReplySent) -> SavedReplyGiven:
    """Write a saved reply anew in all languages; one without a text is none of its languages any more."""
    reply = SavedReply.objects.filter(pk=saved_reply_id).first()
    if reply is None:
        raise Http404
    version = seen_version(request, reply.version)
    change_saved_reply(
        reply,
        sent.name,
        _texts(sent),
        team=_team(sent.team_id),
        is_used=sent.is_used,
        version=version,
        by=bearer(request).actor,
    )
    return _given(request, saved_reply_id)


def _texts(sent: NewSavedReplySent) -> dict[str, str]:
    return {language.value: text for language, text in sent.texts.items()}


def _team(team_id: int | None) -> Team | None:
    team = Team.objects.filter(pk=team_id).first() if team_id is not None else None
    if team is None and team_id is not None:
        raise invalid("There is no team with this number.", "team_id")
    return team


def _given(request: HttpRequest, saved_reply_id: int) -> SavedReplyGiven:
    reply = SavedReply.objects.prefetch_related("texts").get(pk=saved_reply_id)
    versioned(request, reply.version)
    return saved_reply_given(reply)

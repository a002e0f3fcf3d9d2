"""Saved replies and tags: what the shop has agreed on to write, and by what it sorts."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Language, Team
from stamkunde.conversations.events import SavedReplyChanged, TagChanged
from stamkunde.conversations.models import SavedReply, SavedReplyText, Tag
from stamkunde.conversations.refusals import ConversationRefused, Stale
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor

LONGEST_TEXT = 20_000
LONGEST_TAG = 40


@action
def add_saved_reply(name: str, texts: Mapping[str, str], *, team: Team | None = None, by: Actor) -> SavedReply:
    """Write a saved reply, in at least one language."""
    name, kept = _checked(name, texts)
    reply = SavedReply.objects.create(name=name, team=team)
    SavedReplyText.objects.bulk_create(
        [SavedReplyText(saved_reply=reply, language=language, text=text) for language, text in kept.items()]
    )
    publish(SavedReplyChanged(saved_reply_id=reply.pk, title=name), by=by)
    return reply


@action
def change_saved_reply(
    reply: SavedReply,
    name: str,
    texts: Mapping[str, str],
    *,
    team: Team | None,
    is_used: bool,
    version: int,
    by: Actor,
) -> None:
    """Write it anew in all languages; a language without a text is none of its languages any more."""
    name, kept = _checked(name, texts)
    rows = SavedReply.objects.filter(pk=reply.pk, version=version)
    if not rows.update(name=name, team=team, is_used=is_used, version=F("version") + 1):
        raise Stale
    SavedReplyText.objects.filter(saved_reply=reply).delete()
    SavedReplyText.objects.bulk_create(
        [SavedReplyText(saved_reply=reply, language=language, text=text) for language, text in kept.items()]
    )
    publish(SavedReplyChanged(saved_reply_id=reply.pk, title=name), by=by)


def _checked(name: str, texts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    name = " ".join(name.split())[:80]
    kept = {language: text.strip() for language, text in texts.items() if text.strip() and language in Language}
    if not name:
        raise ConversationRefused(_("Give the reply a name by which it is found."), "name")
    if not kept:
        raise ConversationRefused(_("Write the reply in one language at least."), "texts")
    if any(len(text) > LONGEST_TEXT for text in kept.values()):
        raise ConversationRefused(_("A saved reply holds twenty thousand letters at most. Shorten it."), "texts")
    return name, kept


@action
def add_tag(name: str, *, by: Actor) -> Tag:
    """Add a word to sort by; one that was put away is in use again."""
    name = " ".join(name.split())[:LONGEST_TAG]
    if not name:
        raise ConversationRefused(_("Write a word for the tag."), "name")
    there = Tag.objects.filter(name__iexact=name).first()
    if there is not None:
        if there.is_used:
            raise ConversationRefused(_("There is a tag of this name already. Use that one."), "name")
        Tag.objects.filter(pk=there.pk).update(is_used=True)
        there.is_used = True
    tag = there or Tag.objects.create(name=name)
    publish(TagChanged(tag_id=tag.pk, title=tag.name), by=by)
    return tag


@action
def change_tag(tag: Tag, name: str, *, is_used: bool, by: Actor) -> None:
    """Call it otherwise, or put it away: conversations keep it, and no new one gets it."""
    name = " ".join(name.split())[:LONGEST_TAG]
    if not name:
        raise ConversationRefused(_("Write a word for the tag."), "name")
    if Tag.objects.filter(name__iexact=name).exclude(pk=tag.pk).exists():
        raise ConversationRefused(_("There is a tag of this name already. Use that one."), "name")
    try:
        with transaction.atomic():
            Tag.objects.filter(pk=tag.pk).update(name=name, is_used=is_used)
    except IntegrityError as error:
        raise ConversationRefused(_("There is a tag of this name already. Use that one."), "name") from error
    publish(TagChanged(tag_id=tag.pk, title=name), by=by)

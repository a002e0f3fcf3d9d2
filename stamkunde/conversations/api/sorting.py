"""Who answers a conversation, whose it is, and where it stands in the inbox."""

from django.http import Http404, HttpRequest

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Team, User
from stamkunde.conversations.access import ANSWER, conversation_for
from stamkunde.conversations.actions import (
    assign,
    close_conversation,
    give_to_team,
    mark_as_spam,
    merge_conversations,
    name_customer,
    part_conversations,
    reopen_conversation,
    set_tag,
    snooze_conversation,
    take,
    unsnooze_conversation,
)
from stamkunde.conversations.api.listing import given_again
from stamkunde.conversations.api.shapes import (
    ConversationGiven,
    ConversationMergeSent,
    ConversationTeamSent,
    OwnerSent,
    SnoozeSent,
    SpamSent,
    WhoseSent,
)
from stamkunde.conversations.models import Tag
from stamkunde.customers.access import customer_for
from stamkunde.kit.api.fields import PathId
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version

routes = Routes("Sorting conversations", "Who answers one, whose it is, and whether it is done.")


@routes.post("/conversations/{conversation_id}/taking", ANSWER, ConversationGiven, 200, also=(409,))
def take_conversation(request: HttpRequest, conversation_id: PathId) -> ConversationGiven:
    """Take a conversation that nobody answers; of two who do it at once one has it, and the other is told who."""
    user = bearer(request)
    take(conversation_for(user, conversation_id), user, by=user.actor)
    return given_again(request, conversation_id)


@routes.put("/conversations/{conversation_id}/owner", ANSWER, ConversationGiven)
def assign_conversation(request: HttpRequest, conversation_id: PathId, sent: OwnerSent) -> ConversationGiven:
    """Give a conversation to a colleague, or to nobody."""
    user = bearer(request)
    there = conversation_for(user, conversation_id)
    owner = User.objects.filter(pk=sent.owner_id).first() if sent.owner_id is not None else None
    if owner is None and sent.owner_id is not None:
        raise invalid("There is no colleague with this number.", "owner_id")
    assign(there, owner, by=user.actor)
    return given_again(request, conversation_id)


@routes.put("/conversations/{conversation_id}/team", ANSWER, ConversationGiven)
def give_conversation_to_team(
    request: HttpRequest, conversation_id: PathId, sent: ConversationTeamSent
) -> ConversationGiven:
    """Give a conversation to a team, or to none."""
    user = bearer(request)
    there = conversation_for(user, conversation_id)
    team = Team.objects.filter(pk=sent.team_id).first() if sent.team_id is not None else None
    if team is None and sent.team_id is not None:
        raise invalid("There is no team with this number.", "team_id")
    give_to_team(there, team, by=user.actor)
    return given_again(request, conversation_id)


@routes.put("/conversations/{conversation_id}/tags/{tag_id}", ANSWER, ConversationGiven)
def tag_conversation(request: HttpRequest, conversation_id: PathId, tag_id: PathId) -> ConversationGiven:
    """Put a tag on a conversation."""
    _tag(request, conversation_id, tag_id, is_tagged=True)
    return given_again(request, conversation_id)


@routes.remove("/conversations/{conversation_id}/tags/{tag_id}", ANSWER)
def untag_conversation(request: HttpRequest, conversation_id: PathId, tag_id: PathId) -> None:
    """Take a tag off a conversation."""
    _tag(request, conversation_id, tag_id, is_tagged=False)


@routes.put("/conversations/{conversation_id}/snoozing", ANSWER, ConversationGiven)
def snooze_conversation_(request: HttpRequest, conversation_id: PathId, sent: SnoozeSent) -> ConversationGiven:
    """Put a conversation off until a moment, or until the customer says something."""
    user = bearer(request)
    snooze_conversation(conversation_for(user, conversation_id), sent.until, by=user.actor)
    return given_again(request, conversation_id)


@routes.post("/conversations/{conversation_id}/waking", ANSWER, ConversationGiven, 200)
def wake_conversation(request: HttpRequest, conversation_id: PathId) -> ConversationGiven:
    """Let a conversation that was put off be due again at once."""
    user = bearer(request)
    unsnooze_conversation(conversation_for(user, conversation_id), by=user.actor)
    return given_again(request, conversation_id)


@routes.post("/conversations/{conversation_id}/closing", ANSWER, ConversationGiven, 200)
def close_conversation_(request: HttpRequest, conversation_id: PathId) -> ConversationGiven:
    """Close a conversation; one whose last answer did not reach the customer stays open."""
    user = bearer(request)
    close_conversation(conversation_for(user, conversation_id), by=user.actor)
    return given_again(request, conversation_id)


@routes.post("/conversations/{conversation_id}/reopening", ANSWER, ConversationGiven, 200)
def reopen_conversation_(request: HttpRequest, conversation_id: PathId) -> ConversationGiven:
    """Open a conversation again."""
    user = bearer(request)
    reopen_conversation(conversation_for(user, conversation_id), by=user.actor)
    return given_again(request, conversation_id)


@routes.put("/conversations/{conversation_id}/spam", ANSWER, ConversationGiven)
def mark_conversation_as_spam(request: HttpRequest, conversation_id: PathId, sent: SpamSent) -> ConversationGiven:
    """Say that a conversation is spam, or that it is none after all."""
    user = bearer(request)
    mark_as_spam(conversation_for(user, conversation_id), sent.is_spam, by=user.actor)
    return given_again(request, conversation_id)


@routes.put("/conversations/{conversation_id}/customer", ANSWER, ConversationGiven)
def name_customer_of_conversation(request: HttpRequest, conversation_id: PathId, sent: WhoseSent) -> ConversationGiven:
    """Say whose a conversation is; what was said in it follows."""
    user = bearer(request)
    there = conversation_for(user, conversation_id)
    seen = seen_version(request, there.version)
    if sent.customer_id is not None:
        try:
            customer_for(user, sent.customer_id)
        except Http404 as error:
            raise invalid("There is no customer with this number.", "customer_id") from error
    name_customer(there, sent.customer_id, version=seen, by=user.actor)
    return given_again(request, conversation_id)


@routes.post("/conversations/{conversation_id}/merging", ANSWER, ConversationGiven, 200)
def merge_conversation(request: HttpRequest, conversation_id: PathId, sent: ConversationMergeSent) -> ConversationGiven:
    """Let a conversation become part of another one, which is given; it can be parted from it again."""
    user = bearer(request)
    there = conversation_for(user, conversation_id)
    try:
        into = conversation_for(user, sent.into_id)
    except Http404 as error:
        raise invalid("There is no conversation with this number.", "into_id") from error
    merge_conversations(there, into, by=user.actor)
    return given_again(request, into.pk)


@routes.post("/conversations/{conversation_id}/parting", ANSWER, ConversationGiven, 200)
def part_conversation(request: HttpRequest, conversation_id: PathId) -> ConversationGiven:
    """Let a conversation that became part of another one stand for itself again."""
    user = bearer(request)
    part_conversations(conversation_for(user, conversation_id), by=user.actor)
    return given_again(request, conversation_id)


def _tag(request: HttpRequest, conversation_id: int, tag_id: int, *, is_tagged: bool) -> None:
    user = bearer(request)
    there = conversation_for(user, conversation_id)
    tag = Tag.objects.filter(pk=tag_id).first()
    if tag is None:
        raise Http404
    set_tag(there, tag, is_tagged, by=user.actor)

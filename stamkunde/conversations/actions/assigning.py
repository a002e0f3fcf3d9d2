"""Who answers: taken by whoever wants it, given by somebody, or by the mailbox's rule."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Team, User
from stamkunde.accounts.roles import roles_with
from stamkunde.conversations.events import ConversationAssigned
from stamkunde.conversations.models import Assigning, Conversation, ConversationState, Mailbox, TextLine
from stamkunde.conversations.refusals import ConversationRefused, Taken
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor

ANSWERING = "conversations.answer"


@action
def take(conversation: Conversation, user: User, *, by: Actor) -> None:
    """Answer it oneself, if nobody does yet; of two who take it at once one has it. Raises Taken with her name."""
    rows = Conversation.objects.filter(pk=conversation.pk, assigned_to=None)
    if rows.update(assigned_to=user, version=F("version") + 1):
        _tell(conversation, user, None, by)
        return
    conversation.refresh_from_db(fields=["assigned_to"])
    owner = conversation.assigned_to
    if owner is not None and owner.pk != user.pk:
        raise Taken(owner.name)


@action
def assign(conversation: Conversation, user: User | None, *, by: Actor) -> None:
    """Give it to a colleague, or to nobody; said again it changes nothing."""
    if user is not None and not (user.is_active and user.may(ANSWERING)):
        raise ConversationRefused(_("This colleague does not answer customers. Choose another one."), "user")
    if (
        Conversation.objects.filter(pk=conversation.pk)
        .exclude(_assigned_to(user))
        .update(assigned_to=user, version=F("version") + 1)
    ):
        _tell(conversation, user, None, by)


def _assigned_to(user: User | None) -> Q:
    return Q(assigned_to=user) if user is not None else Q(assigned_to__isnull=True)


@action
def give_to_team(conversation: Conversation, team: Team | None, *, by: Actor) -> None:
    """Give it to another team, whose members see it among theirs; nobody of the former one answers it any more."""
    current = Q(team=team) if team is not None else Q(team__isnull=True)
    changed = Conversation.objects.filter(pk=conversation.pk).exclude(current)
    if changed.update(
        team=team, assigned_to_id=first_owner(None, team.pk, "") if team else None, version=F("version") + 1
    ):
        _tell(conversation, None, team, by)


def _tell(conversation: Conversation, user: User | None, team: Team | None, by: Actor) -> None:
    publish(
        ConversationAssigned(
            customer_id=conversation.customer_id,
            conversation_id=conversation.pk,
            to_id=user.pk if user else None,
            to_name=user.name if user else "",
            team_name=team.name if team else "",
        ),
        by=by,
    )


def first_owner(source: Mailbox | TextLine | None, team_id: int | None, language: str) -> int | None:
    """Return who gets a new conversation by its mailbox's or number's rule; nobody where nobody of the team answers."""
    if source is None or team_id is None or source.assigning == Assigning.NOBODY:
        return None
    members = User.objects.filter(teams=team_id, is_active=True, role__in=roles_with(ANSWERING)).order_by("pk")
    if source.assigning == Assigning.IN_TURN:
        return _in_turn(source, list(members.values_list("pk", flat=True)))
    if source.assigning == Assigning.BY_LANGUAGE:
        members = members.filter(language=language) if members.filter(language=language).exists() else members
    return _least_busy(list(members.values_list("pk", flat=True)))


def _in_turn(source: Mailbox | TextLine, members: list[int]) -> int | None:
    if not members:
        return None
    # The row of the mailbox is the turn: two conversations that begin at once take it one after the other.
    rows: QuerySet[Any] = type(source)._default_manager.filter(pk=source.pk)
    last = rows.select_for_update().values_list("last_assigned", flat=True).first()
    following = next((member for member in members if member > (last or 0)), members[0])
    rows.update(last_assigned=following)
    return following


def _least_busy(members: list[int]) -> int | None:
    if not members:
        return None
    busy = dict(
        Conversation.objects.open()
        .filter(assigned_to__in=members, state=ConversationState.OPEN)
        .order_by()
        .values_list("assigned_to")
        .annotate(number=Count("pk"))
    )
    return min(members, key=lambda member: (busy.get(member, 0), member))

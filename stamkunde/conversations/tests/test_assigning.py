"""Who answers: taken, given, or by the mailbox's rule."""

from typing import Any

import pytest

from stamkunde.accounts.models import Team
from stamkunde.conversations.actions import assign, give_to_team, take
from stamkunde.conversations.models import Assigning, Conversation
from stamkunde.conversations.refusals import ConversationRefused, Taken
from stamkunde.conversations.tests.talking import mailbox, said
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(world: World) -> Team:
    team = Team.objects.create(name="Care")
    for member in (world.ola, world.liga, world.eve):
        member.teams.add(team)
    return team


def owners(number: int, **values: Any) -> list[int | None]:
    return [said(key=f"{position}", **values).conversation.assigned_to_id for position in range(number)]


def test_nobody_gets_it_unless_the_mailbox_says_so(team: Team) -> None:
    mailbox(team=team)
    assert owners(2) == [None, None]


def test_each_of_the_team_in_turn_and_nobody_who_may_not_answer(world: World, team: Team) -> None:
    mailbox(team=team, assigning=Assigning.IN_TURN)

    order = sorted([world.ola.pk, world.liga.pk])
    assert owners(4) == [*order, *order]


def test_whoever_has_the_fewest_open(world: World, team: Team) -> None:
    mailbox(team=team, assigning=Assigning.LEAST_BUSY)
    first, second = sorted([world.ola.pk, world.liga.pk])
    assert owners(2) == [first, second]

    Conversation.objects.filter(assigned_to=first).update(state="closed", closed_at="2026-01-01T00:00Z")
    assert said(key="x").conversation.assigned_to_id == first


def test_whoever_works_in_the_language_of_the_customer(world: World, team: Team) -> None:
    mailbox(team=team, assigning=Assigning.BY_LANGUAGE)
    world.liga.language = "lv"
    world.liga.save()

    assert said(key="lv", language="lv").conversation.assigned_to == world.liga
    assert said(key="sv", language="sv").conversation.assigned_to is not None


def test_of_two_who_take_it_one_has_it_and_the_other_learns_who(world: World) -> None:
    """C-5."""
    talk = said().conversation
    mine, hers = (Conversation.objects.get(pk=talk.pk) for _ in range(2))

    take(mine, world.ola, by=world.ola.actor)
    with pytest.raises(Taken) as refusal:
        take(hers, world.liga, by=world.liga.actor)

    assert refusal.value.owner == world.ola.name
    talk.refresh_from_db()
    assert talk.assigned_to == world.ola
    take(talk, world.ola, by=world.ola.actor)


def test_nobody_who_does_not_answer_customers_is_given_one(world: World) -> None:
    talk = said().conversation

    with pytest.raises(ConversationRefused):
        assign(talk, world.eve, by=world.ola.actor)

    talk.refresh_from_db()
    assert talk.assigned_to is None


def test_given_to_another_team_nobody_of_the_former_one_answers_any_more(world: World, team: Team) -> None:
    talk = said().conversation
    assign(talk, world.ola, by=world.liga.actor)

    give_to_team(talk, team, by=world.liga.actor)

    talk.refresh_from_db()
    assert (talk.team, talk.assigned_to) == (team, None)

"""What a quote promises holds: its last day, what was chosen, and how much may be taken off at most."""

from datetime import timedelta

import pytest
from django.test import Client

from stamkunde.kit import clock
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.sales.actions.proposals import ProposalLineValues, answer_proposal, change_proposal, write_proposal
from stamkunde.sales.models import Order, Proposal, ProposalAnswer
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.tests.test_proposals import accept, may, said, sent, state
from stamkunde.sales.tests.trading import ANNA, line
from tests.machine import Machine
from tests.world import World

pytestmark = pytest.mark.django_db


def days_later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    at = clock.now() + timedelta(days=days)
    for module in ("actions.proposals", "views.proposal_links", "api.quotes", "access"):
        monkeypatch.setattr(f"stamkunde.sales.{module}.now", lambda: at)


def off(share: int, *, price: int = 10_000, is_optional: bool = False) -> ProposalLineValues:
    own = line(price, description="Bicycle", discount_basis_points=share)
    return ProposalLineValues(line=own, is_optional=is_optional, is_chosen=not is_optional)


@pytest.mark.page
def test_a_day_written_anew_does_not_shorten_what_the_customer_has(world: World, monkeypatch: pytest.MonkeyPatch):
    proposal, token = sent(world)
    sooner = said(world, valid_until=proposal.valid_until - timedelta(days=10))
    change_proposal(proposal, sooner, version=proposal.version, by=ANNA)
    days_later(monkeypatch, 8)

    assert "has run out" not in Client().get(f"/q/{token}/?language=en").content.decode()
    shown = Machine(world.liga).get(f"/customer-quotes/{proposal.pk}").json()
    assert shown["has_run_out"] is False
    assert accept(world, proposal).is_accepted


@pytest.mark.page
def test_a_day_written_anew_does_not_lengthen_what_the_customer_has(world: World, monkeypatch: pytest.MonkeyPatch):
    proposal, token = sent(world)
    longer = said(world, valid_until=proposal.valid_until + timedelta(days=10))
    change_proposal(proposal, longer, version=proposal.version, by=ANNA)
    days_later(monkeypatch, 16)

    assert "has run out" in Client().get(f"/q/{token}/?language=en").content.decode()
    shown = Machine(world.liga).get(f"/customer-quotes/{proposal.pk}").json()
    assert shown["has_run_out"] is True
    before = state()
    with pytest.raises(SaleRefused, match="run out"):
        accept(world, proposal)
    assert state() == before


def test_an_option_that_nobody_wants_makes_no_room_for_a_larger_discount(world: World):
    bait = may(1_000_000, is_chosen=False)

    with pytest.raises(SaleRefused, match="at most 10"):
        write_proposal(said(world, off(1_000), bait, discount_basis_points=900), by=ANNA, most_discount=10)

    assert not Proposal.objects.exists()


def test_an_option_with_too_much_off_is_refused_where_it_alone_could_be_chosen(world: World):
    dear, bait = off(1_000, is_optional=True), may(1_000_000)

    with pytest.raises(SaleRefused, match="at most 10"):
        write_proposal(said(world, dear, bait, discount_basis_points=500), by=ANNA, most_discount=10)

    assert not Proposal.objects.exists()


def test_what_may_be_taken_off_may_be_offered_with_options_too(world: World):
    lines = (off(500), off(500, is_optional=True), may(1_000_000))

    assert write_proposal(said(world, *lines, discount_basis_points=500), by=ANNA, most_discount=10).pk
    assert write_proposal(said(world, *lines, discount_basis_points=5_000), by=ANNA).pk


def test_accepting_once_more_with_other_options_is_refused(world: World):
    proposal, _token = sent(world)
    assert accept(world, proposal, 2, 2).chosen == [2]
    before = state()

    assert accept(world, proposal, 2).chosen == [2]
    with pytest.raises(SaleRefused, match="answered"):
        accept(world, proposal, 3)
    with pytest.raises(SaleRefused, match="answered"):
        accept(world, proposal)
    assert state() == before


@pytest.mark.page
def test_who_declines_after_accepting_does_not_read_that_nothing_was_ordered(world: World):
    proposal, token = sent(world)
    accept(world, proposal)

    page = Client().post(f"/q/{token}/?language=en", {"step": "decline", "revision": "1"})

    assert page.status_code == 409
    assert "has been answered" in page.content.decode()
    assert "Nothing was ordered" not in page.content.decode()
    assert ProposalAnswer.objects.get().is_accepted


def test_an_answer_written_down_by_staff_is_one_by_telephone_whatever_numbers_they_have(world: World):
    proposal, _token = sent(world)
    ola = Actor(ActorKind.STAFF, proposal.customer_id, "Ola")

    answer_proposal(proposal, revision=1, accepts=True, by_link=False, by=ola)

    assert Order.objects.get().channel == "phone"

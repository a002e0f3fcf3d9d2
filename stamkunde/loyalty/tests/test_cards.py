"""Cards: what they say tells nothing, and each state leads only where it may."""

import pytest

from stamkunde.catalogue.barcodes import is_misread
from stamkunde.kit.actor import SYSTEM
from stamkunde.loyalty import actions
from stamkunde.loyalty.drawing import card_token, membership_number
from stamkunde.loyalty.models import CardState, MemberCard, Symbology
from stamkunde.loyalty.queries.cards import card_saying, looks_like_a_card
from stamkunde.loyalty.refusals import LoyaltyRefused
from stamkunde.loyalty.tests.members import card_of, member
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_card_for_scanners_is_an_ean13_of_the_range_for_use_within_a_shop():
    tokens = {card_token(Symbology.EAN13) for _card in range(200)}

    assert len(tokens) == 200
    assert all(token.startswith("29") and not is_misread(token) for token in tokens)


def test_one_card_does_not_tell_the_next(world: World):
    """C5: nothing of the customer, and no order, is in what a card says."""
    drawn = [int(card_of(member(customer)).token[2:12]) for customer in (world.kari, world.janis, world.sven)]

    assert all(abs(one - other) > 1 for one, other in zip(drawn, drawn[1:], strict=False))
    assert card_saying(str(world.kari.pk)) is None


def test_other_signs_carry_ninety_bits_without_letters_that_look_alike():
    token = card_token(Symbology.QR)

    assert len(token) == 21
    assert not set("01ILO") & set(token[1:])


def test_a_card_is_found_however_it_is_typed(world: World):
    membership = member(world.kari, symbology=Symbology.CODE128)
    token = card_of(membership).token

    found = card_saying(f" {token[:5].lower()} {token[5:]} ")

    assert found is not None and found.membership.customer == world.kari


@pytest.mark.parametrize("text", ["Kari Nordmann", "91234567", "+47 912 34 567", "Bjørnstad", "", "Jan7"])
def test_names_and_telephone_numbers_are_not_taken_for_cards(text: str):
    assert not looks_like_a_card(text)


def test_numbers_and_tokens_look_like_cards():
    assert looks_like_a_card(membership_number())
    assert all(looks_like_a_card(card_token(symbology)) for symbology in Symbology.values)


def test_a_card_is_blocked_and_works_again(world: World):
    card = card_of(member(world.kari))

    assert actions.block_card(card, by=SYSTEM).state == CardState.BLOCKED
    assert actions.block_card(card, by=SYSTEM).state == CardState.BLOCKED
    assert actions.unblock_card(card, by=SYSTEM).state == CardState.ACTIVE


def test_a_replaced_card_says_which_one_came_for_it_and_is_replaced_once(world: World):
    card = card_of(member(world.kari))

    new = actions.replace_card(card, by=SYSTEM)

    assert actions.replace_card(card, by=SYSTEM) == new
    card.refresh_from_db()
    assert (card.state, card.replaced_by) == (CardState.REPLACED, new)
    assert new.token != card.token
    assert MemberCard.objects.count() == 2


@pytest.mark.parametrize("do", [actions.block_card, actions.unblock_card, actions.replace_card])
def test_a_card_that_has_ended_stays_so(world: World, do):
    card = actions.expire_card(card_of(member(world.kari)), by=SYSTEM)

    with pytest.raises(LoyaltyRefused):
        do(card, by=SYSTEM)

    card.refresh_from_db()
    assert card.state == CardState.EXPIRED
    assert MemberCard.objects.count() == 1


@pytest.mark.parametrize(("field", "values"), [("medium", {"medium": "gold"}), ("symbology", {"symbology": "runes"})])
def test_a_card_of_unknown_make_is_not_given_out(world: World, field: str, values: dict[str, str]):
    membership = member(world.kari)

    with pytest.raises(LoyaltyRefused) as refused:
        actions.issue_card(membership, by=SYSTEM, **values)

    assert refused.value.field == field
    assert membership.cards.count() == 1


def test_a_card_whose_draw_is_taken_draws_again(world: World, monkeypatch: pytest.MonkeyPatch):
    taken = card_of(member(world.kari)).token
    draws = iter([taken, taken, "2900000000018"])
    monkeypatch.setattr("stamkunde.loyalty.actions.cards.card_token", lambda symbology: next(draws))

    assert card_of(member(world.janis)).token == "2900000000018"  # noqa: S105

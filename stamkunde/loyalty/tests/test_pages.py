"""The pages of loyalty: programmes written and ended, members found, cards given out and printed."""

from datetime import timedelta

import pytest

from stamkunde.customers.actions import trash_customer
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions import block_card, close_membership
from stamkunde.loyalty.models import CardState, Membership, MembershipState, Programme, ProgrammeState
from stamkunde.loyalty.queries.standing import standing_of
from stamkunde.loyalty.tests.members import TERMS, a_draft, card_of, member, open_programme
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]

RULES = {
    "name": "Stamkunde", "currency": "NOK", "zone": "Europe/Oslo", "earn_points": "1", "earn_per": "10",
    "hold_days": "30", "point_worth": "0,10", "expiry": "year_end", "expiry_after": "1", "terms_version": "2026-1",
}  # fmt: skip


@pytest.fixture
def desk(world: World):
    assert world.store.pk
    return signed_in(world.liga)


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_a_programme_is_written_opened_and_read_in_sentences(desk):
    assert "No programme yet" in text(desk.get("/programmes/"))

    answer = desk.post("/programmes/new/", RULES, follow=True)

    programme = Programme.objects.get()
    assert (programme.earn_per, programme.point_worth, programme.state) == (1_000, 10, ProgrammeState.DRAFT)
    assert "1 point for each NOK 10.00 of a receipt, rounded down." in text(answer)
    assert "Each point takes NOK 0.10 off a purchase." in text(answer)
    answer = desk.post(f"/programmes/{programme.pk}/state/", {"state": "open"}, follow=True)
    assert "Open" in text(answer)
    assert "0 members" in text(desk.get("/programmes/"))


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("earn_per", "0"), ("zone", "Nowhere"), ("expiry_after", "0")]
)
def test_a_programme_with_a_mistake_comes_back_with_what_was_typed(desk, field: str, value: str):
    answer = desk.post("/programmes/new/", RULES | {field: value})

    assert answer.status_code == 422
    assert 'value="2026-1"' in text(answer)
    assert not Programme.objects.exists()


def test_two_who_change_the_rules_at_once_are_told(desk):
    programme = open_programme()
    typed = RULES | {"version": "1", "earn_points": "7"}

    answer = desk.post(f"/programmes/{programme.pk}/content/", typed)

    assert answer.status_code == 409
    assert "Somebody changed this while you were writing." in text(answer)
    programme.refresh_from_db()
    assert programme.earn_points == 1
    again = desk.post(f"/programmes/{programme.pk}/content/", typed | {"version": str(programme.version)})
    assert again.status_code == 302


def test_a_programme_is_brought_to_its_end_on_a_day(desk):
    programme = open_programme()
    day = now().date() + timedelta(days=30)

    answer = desk.post(
        f"/programmes/{programme.pk}/state/", {"state": "closed", "ends_on": day.isoformat()}, follow=True
    )

    assert "Benefits last until" in text(answer)
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.CLOSING
    for wrong in ({"ends_on": "2020-01-01"}, {}):
        assert desk.post(f"/programmes/{programme.pk}/state/", {"state": "closed"} | wrong).status_code == 422
    programme.refresh_from_db()
    assert programme.ends_on == day


def test_who_may_only_see_gets_no_editor(world: World):
    programme = a_draft()
    anna = signed_in(world.anna)

    page = text(anna.get(f"/programmes/{programme.pk}/"))

    assert "What members have" in page
    assert "Save" not in page
    assert anna.post(f"/programmes/{programme.pk}/state/", {"state": "open"}).status_code == 403
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.DRAFT


def test_members_are_found_by_name_number_and_card_and_narrowed(desk, world: World):
    kari, sven = member(world.kari), member(world.sven, open_programme("Bakers' club"))
    close_membership(sven, by=SYSTEM)

    assert "Kari Nordmann" in text(desk.get("/members/"))
    for asked in ("nordm", kari.number, card_of(kari).token, "912 34 567"):
        page = text(desk.get("/members/", {"q": asked}))
        assert "Kari Nordmann" in page, asked
        assert "Sven Karlsson" not in page
    page = text(desk.get("/members/", {"state": "closed"}))
    assert "Sven Karlsson" in page
    assert "Kari Nordmann" not in page
    assert "No member fits" in text(desk.get("/members/", {"q": "Nobody of that name"}))
    assert desk.get("/members/", {"page": "rubbish"}).status_code == 404


def test_a_list_of_members_asks_no_more_for_more_of_them(desk, world: World, django_assert_max_num_queries):
    from tests.world import make_customer

    for number in range(12):
        member(make_customer("Anna", f"Nummer{number}"))
    desk.get("/members/")

    with django_assert_max_num_queries(12):
        desk.get("/members/")


def test_a_customer_joins_at_the_desk_and_gets_cards(desk, world: World):
    programme = open_programme()
    page = text(desk.get(f"/customers/{world.kari.pk}/cards/memberships/"))
    assert "Not a member of anything." in page

    answer = desk.post(f"/customers/{world.kari.pk}/memberships/", {"programme": str(programme.pk)}, follow=True)

    membership = Membership.objects.get()
    assert membership.number in text(answer)
    assert "Kari Nordmann is now a member of Stamkunde." in text(answer)
    assert membership.number in text(desk.get(f"/customers/{world.kari.pk}/cards/memberships/"))
    desk.post(f"/members/{membership.pk}/cards/", {"medium": "plastic", "symbology": "qr"})
    assert membership.cards.count() == 2
    assert desk.post(f"/members/{membership.pk}/cards/", {"medium": "gold"}).status_code == 422
    assert membership.cards.count() == 2


def test_a_card_is_blocked_found_again_and_replaced(desk, world: World):
    membership = member(world.kari)
    card = card_of(membership)

    for act, state in (("block", CardState.BLOCKED), ("unblock", CardState.ACTIVE), ("replace", CardState.REPLACED)):
        answer = desk.post(f"/member-cards/{card.pk}/state/", {"act": act}, follow=True)
        assert answer.status_code == 200
        card.refresh_from_db()
        assert card.state == state
    assert card_of(membership).state == CardState.ACTIVE
    said = text(desk.post(f"/member-cards/{card.pk}/state/", {"act": "block"}, follow=True))
    assert "This card is not in use any more." in said


def test_a_card_is_printed_on_a_page_and_as_a_file(desk, world: World):
    card = card_of(member(world.kari))

    page = text(desk.get(f"/member-cards/{card.pk}/print/"))
    file = desk.get(f"/member-cards/{card.pk}/sheet/")

    assert f'aria-label="{card.token}"' in page
    assert file["Content-Type"] == "application/pdf"
    assert file.content.startswith(b"%PDF")
    assert card.membership.number in file["Content-Disposition"]


def test_a_membership_is_confirmed_rests_and_ends(desk, world: World):
    membership = member(world.kari, unconfirmed="+4791234567")
    own = f"/members/{membership.pk}/"
    assert "+4791234567" in text(desk.get(own))

    assert desk.post(f"{own}state/", {"state": "active", "reason": ""}).status_code == 422
    desk.post(f"{own}state/", {"state": "active", "reason": "Answered when we called"})
    for act, typed, state in (
        ("rest", {"state": "suspended", "reason": "Sold the card"}, MembershipState.SUSPENDED),
        ("rest", {"state": "active"}, MembershipState.ACTIVE),
        ("state", {"state": "closed"}, MembershipState.CLOSED),
    ):
        assert desk.post(f"{own}{act}/", typed).status_code == 302
        membership.refresh_from_db()
        assert membership.state == state
    assert "One more card" not in text(desk.get(own))


def test_who_serves_at_the_till_lets_nobody_rest(world: World):
    membership = member(world.kari)

    answer = signed_in(world.anna).post(f"/members/{membership.pk}/rest/", {"state": "suspended", "reason": "x"})

    assert answer.status_code == 403
    membership.refresh_from_db()
    assert membership.state == MembershipState.ACTIVE


def test_looking_at_a_member_is_written_down(desk, world: World):
    desk.get(f"/members/{member(world.kari).pk}/")

    assert world.kari.lookups.filter(purpose="profile").exists()


def test_a_card_is_found_from_every_box_and_a_blocked_one_as_well(desk, world: World):
    card = card_of(member(world.kari))
    block_card(card, by=SYSTEM)

    assert "Kari Nordmann" in text(desk.get("/search/", {"q": card.token}))


def test_the_customers_page_has_the_card(desk, world: World):
    # Each card brings the next, so that none moves; this one is the last.
    assert f"/customers/{world.kari.pk}/cards/purchases/" in text(desk.get(f"/customers/{world.kari.pk}/"))
    before = text(desk.get(f"/customers/{world.kari.pk}/cards/tasks/"))
    assert f"/customers/{world.kari.pk}/cards/memberships/" in before
    assert TERMS["terms_version"] == "2026-1"


def test_whoever_is_in_the_trash_is_no_member_anywhere(desk, world: World):
    membership = member(world.kari)
    card = card_of(membership)
    trash_customer(world.kari.pk, by=SYSTEM)

    for address in (f"/members/{membership.pk}/", f"/member-cards/{card.pk}/print/", f"/member-cards/{card.pk}/sheet/"):
        assert desk.get(address).status_code == 404, address
    assert desk.post(f"/member-cards/{card.pk}/state/", {"act": "block"}).status_code == 404
    assert "Kari" not in text(desk.get("/members/"))
    card.refresh_from_db()
    assert card.state == CardState.ACTIVE
    assert not standing_of(world.kari.pk, now()).is_member

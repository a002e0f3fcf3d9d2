"""The pages about quotes: list, editor, paper, and the one that a customer opens by a link."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from stamkunde.accounts.models import Attempt
from stamkunde.sales.actions.proposals import send_proposal
from stamkunde.sales.models import Order, Proposal, ProposalAnswer, ProposalState, ProposalVersion
from stamkunde.sales.tests.test_proposals import may, must, said, sent, written
from stamkunde.sales.tests.trading import ANNA, make_product
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture
def desk(world: World) -> Client:
    return signed_in(world.ola)


def typed(world: World, **more: str) -> dict[str, str]:
    usual = {
        "key": "k",
        "customer": str(world.kari.pk),
        "store": str(world.store.pk),
        "title": "Service",
        "words": "Thank you",
        "language": "nb",
        "valid_until": said(world).valid_until.isoformat(),
        "act": "save",
    }
    lines = {"line-0-description": "Service", "line-0-quantity": "2", "line-0-price": "890", "line-0-part": ""}
    return usual | lines | more


def test_a_quote_is_written_at_the_desk_line_by_line(world: World, desk: Client):
    sock = make_product(price=10_000)
    url = reverse("sales:proposal_new")
    assert desk.get(url).status_code == 200
    assert desk.get(f"{url}?customer={world.kari.pk}").status_code == 200

    page = desk.post(url, typed(world, act="scan", scan="Sock")).content.decode()
    assert f'name="line-1-product" value="{sock.pk}"' in page
    assert "Thank you" in page
    assert not Proposal.objects.exists()
    second = {"product": str(sock.pk), "description": "Sock", "quantity": "1", "price": "100", "part": "left_out"}
    answer = desk.post(url, typed(world, **{f"line-1-{name}": value for name, value in second.items()}))

    proposal = Proposal.objects.get()
    assert answer["Location"] == reverse("sales:proposal", args=[proposal.pk])
    assert (proposal.total, proposal.lines.count()) == (178_000, 2)
    page = desk.get(answer["Location"]).content.decode()
    assert "if wanted, not in the total" in page


def test_what_is_wrong_stands_beside_its_box_and_nothing_typed_is_lost(world: World, desk: Client):
    answer = desk.post(reverse("sales:proposal_new"), typed(world, **{"line-0-price": "much", "words": "Keep me"}))

    assert answer.status_code == 422
    assert "Keep me" in answer.content.decode()
    assert not Proposal.objects.exists()


def test_the_link_is_shown_once_and_the_paper_is_in_the_customers_language(world: World, desk: Client):
    proposal = written(world)
    page = desk.post(reverse("sales:proposal_send", args=[proposal.pk]), {"version": "1"}).content.decode()
    assert "/q/" in page
    assert "/q/" not in desk.get(reverse("sales:proposal", args=[proposal.pk])).content.decode()
    paper = desk.get(reverse("sales:proposal_print", args=[proposal.pk]))
    assert "Dette pristilbudet gjelder" in paper.content.decode()


def test_a_change_by_two_is_shown_and_not_lost(world: World, desk: Client):
    proposal = written(world)
    url = reverse("sales:proposal_edit", args=[proposal.pk])
    assert desk.get(url).status_code == 200
    assert desk.post(url, typed(world, version="1", title="First")).status_code == 302
    refused = desk.post(url, typed(world, version="1", title="Second"))
    assert refused.status_code == 409
    assert "Second" in refused.content.decode()
    assert Proposal.objects.get().title == "First"


def test_lists_narrow_by_state_and_customer_and_ask_no_more_for_more_rows(
    world: World, desk: Client, django_assert_max_num_queries
):
    url = reverse("sales:proposals")
    assert "No quotes yet" in desk.get(url).content.decode()
    sent(world, title="Given out")
    for number in range(8):
        written(world, title=f"Draft {number}")

    with django_assert_max_num_queries(12):
        page = desk.get(url).content.decode()
    assert "Given out" in page
    assert "Draft 7" in page
    narrowed = desk.get(f"{url}?state=sent&customer={world.kari.pk}").content.decode()
    assert "Given out" in narrowed
    assert "Draft 1" not in narrowed
    assert "No quote fits" in desk.get(f"{url}?state=declined").content.decode()


def test_opening_the_link_does_nothing_and_accepting_takes_two_steps(world: World):
    proposal, token = sent(world, must(10_000), may(5_000))
    url = reverse("sales:quote_link", args=[token])
    customer = Client()

    page = customer.get(url)
    assert page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]
    assert "Bell" in page.content.decode()
    assert "Kari" not in page.content.decode()
    step = customer.get(f"{url}?step=accept&option=2").content.decode()
    assert "Dette bestiller du" in step
    proposal.refresh_from_db()
    assert (proposal.state, Order.objects.count()) == (ProposalState.SENT, 0)

    done = customer.post(url, {"step": "accept", "option": "2", "revision": "1"})

    assert "Takk!" in done.content.decode()
    assert Order.objects.get().total == 15_000
    assert customer.post(url, {"step": "accept", "option": "2", "revision": "1"}).status_code == 200
    assert Order.objects.count() == 1
    assert ProposalAnswer.objects.get().by_link


def test_a_program_that_asks_for_the_head_of_a_quote_is_answered_as_with_the_page(world: World):
    proposal, token = sent(world)
    url = reverse("sales:quote_link", args=[token])

    head = Client().head(f"{url}?step=accept")

    assert (head.status_code, head.content, head["Referrer-Policy"]) == (200, b"", "no-referrer")
    assert Client().head(reverse("sales:quote_link", args=["x" * 43])).status_code == 404
    proposal.refresh_from_db()
    assert (proposal.state, Order.objects.count()) == ("sent", 0)


def test_declining_by_link_with_a_reason(world: World):
    _proposal, token = sent(world)
    url = reverse("sales:quote_link", args=[token])
    assert "Takke nei" in Client().get(f"{url}?step=decline").content.decode()

    page = Client().post(url, {"step": "decline", "revision": "1", "reason": "For dyrt"}).content.decode()

    assert "Du har takket nei" in page
    assert ProposalAnswer.objects.get().reason == "For dyrt"


@pytest.mark.parametrize("language", ["en", "nb", "sv", "lv"])
def test_the_page_is_there_in_every_language(world: World, language: str):
    _proposal, token = sent(world)
    page = Client().get(f"{reverse('sales:quote_link', args=[token])}?language={language}").content.decode()
    assert f'<html lang="{language}"' in page


def test_an_answer_to_an_older_version_is_refused_and_orders_nothing(world: World):
    proposal, _old = sent(world)
    _again, token = send_proposal(proposal, version=proposal.version, by=ANNA)

    answer = Client().post(reverse("sales:quote_link", args=[token]), {"step": "accept", "revision": "1"})

    assert answer.status_code == 409
    assert not Order.objects.exists()


def test_old_unknown_and_guessed_links_lead_nowhere(world: World):
    proposal, old = sent(world)
    send_proposal(proposal, version=proposal.version, by=ANNA)
    unknown = Client().get(reverse("sales:quote_link", args=["x" * 43]))
    ended = Client().get(reverse("sales:quote_link", args=[old]))
    assert (unknown.status_code, ended.status_code) == (404, 404)
    assert unknown.content == ended.content

    Attempt.objects.update(count=30)
    assert Client().get(reverse("sales:quote_link", args=["y" * 43])).status_code == 429


def test_a_link_that_has_run_out_says_so_for_a_month(world: World):
    proposal, token = sent(world)
    url = reverse("sales:quote_link", args=[token])
    ProposalVersion.objects.update(valid_until=proposal.valid_until - timedelta(days=20))
    assert "utløpt" in Client().get(url).content.decode()
    Proposal.objects.update(link_expires_at=proposal.written_at)
    assert Client().get(url).status_code == 404

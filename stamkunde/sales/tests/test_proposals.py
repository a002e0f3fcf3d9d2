"""Quotes for customers: written, given out, chosen from, accepted once, declined, run out, withdrawn."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from stamkunde.events.models import Happening
from stamkunde.events.queries import moments
from stamkunde.kit import clock
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.privacy import holding_of
from stamkunde.sales.actions.proposals import (
    ProposalLineValues,
    ProposalValues,
    answer_proposal,
    change_proposal,
    renew_link,
    send_proposal,
    withdraw_proposal,
    write_proposal,
)
from stamkunde.sales.models import (
    HeldQuote,
    Order,
    Proposal,
    ProposalAnswer,
    ProposalLine,
    ProposalState,
    ProposalVersion,
)
from stamkunde.sales.public_links import digest_of_link
from stamkunde.sales.refusals import KeyReused, ProposalStale, SaleRefused
from stamkunde.sales.tests.trading import ANNA, line, make_product, unwell
from stamkunde.sales.values import LineValues
from tests.machine import Machine, problem
from tests.world import World

pytestmark = pytest.mark.django_db


def said(world: World, *lines: ProposalLineValues, **more: Any) -> ProposalValues:
    today = clock.business_day(clock.now(), world.store.zone)
    usual: dict[str, Any] = {
        "customer_id": world.kari.pk,
        "store_id": world.store.pk,
        "title": "Service of two bicycles",
        "valid_until": today + timedelta(days=14),
        "language": "nb",
        "lines": lines or (must(89_000, "2"), may(15_000), may(9_900, is_chosen=False)),
    }
    return ProposalValues(**usual | more)


def must(price: int, quantity: str = "1") -> ProposalLineValues:
    return ProposalLineValues(line=line(price, quantity, description="Service"))


def may(price: int, *, is_chosen: bool = True) -> ProposalLineValues:
    return ProposalLineValues(line=line(price, description="Bell"), is_optional=True, is_chosen=is_chosen)


def written(world: World, *lines: ProposalLineValues, **more: Any) -> Proposal:
    return write_proposal(said(world, *lines, **more), by=ANNA)


def sent(world: World, *lines: ProposalLineValues, **more: Any) -> tuple[Proposal, str]:
    proposal = written(world, *lines, **more)
    return send_proposal(proposal, version=proposal.version, by=ANNA)


def kari(world: World) -> Actor:
    return Actor(ActorKind.CUSTOMER, world.kari.pk, world.kari.name)


def accept(world: World, proposal: Proposal, *options: int, **more: Any) -> ProposalAnswer:
    given: dict[str, Any] = {"revision": proposal.revision, "accepts": True, "by_link": True, "by": kari(world)}
    return answer_proposal(proposal, options=options, **given | more)


def state() -> tuple[object, ...]:
    return (
        Order.objects.count(),
        Happening.objects.count(),
        ProposalAnswer.objects.count(),
        ProposalVersion.objects.count(),
        list(Proposal.objects.values_list("state", "version", "revision")),
    )


def test_a_quote_is_written_given_out_and_accepted_with_what_was_chosen(world: World):
    proposal, token = sent(world)
    assert proposal.total == 193_000
    assert (proposal.state, proposal.revision, proposal.link_digest) == ("sent", 1, digest_of_link(token))
    assert token not in str(Proposal.objects.values().get())

    answer = accept(world, proposal, 3)

    proposal.refresh_from_db()
    order = Order.objects.get()
    assert proposal.state == ProposalState.ACCEPTED
    assert (proposal.order, order.total, order.customer, order.channel) == (order, 187_900, world.kari, "web")
    assert [own.description for own in order.lines.all()] == ["Service", "Bell"]
    assert (answer.total, answer.chosen, answer.by_link) == (187_900, [3], True)
    assert "2 × Service" in answer.text
    assert "1\u00a0879,00" in answer.text
    assert unwell() == []
    told = moments(Happening.objects.filter(name="sales.quote_accepted"), ())[0].sentence
    assert told == "The customer accepted the quote “Service of two bicycles” for NOK\u00a01,879.00 on its page"


def test_the_same_answer_twice_is_one_purchase_and_another_one_is_refused(world: World):
    proposal, _token = sent(world)
    first = accept(world, proposal)
    assert accept(world, proposal).pk == first.pk

    before = state()
    with pytest.raises(SaleRefused):
        accept(world, proposal, accepts=False)
    assert state() == before
    assert Order.objects.count() == 1


def test_a_discount_on_the_whole_is_of_what_is_chosen(world: World):
    proposal, _token = sent(world, must(10_000), may(10_000), discount_basis_points=1_000)
    assert proposal.total == 18_000

    assert accept(world, proposal).total == 9_000


def test_declining_keeps_the_reason_and_orders_nothing(world: World):
    proposal, _token = sent(world)

    answer = accept(world, proposal, accepts=False, reason="Too dear")

    proposal.refresh_from_db()
    assert (proposal.state, answer.reason, answer.text) == ("declined", "Too dear", "")
    assert not Order.objects.exists()


def test_what_has_run_out_is_not_answered_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch):
    proposal, _token = sent(world)
    last = clock.end_of_day(proposal.valid_until, world.store.zone)
    before = state()

    monkeypatch.setattr("stamkunde.sales.actions.proposals.now", lambda: last)
    with pytest.raises(SaleRefused) as refused:
        accept(world, proposal)

    assert "run out" in refused.value.sentence
    assert state() == before
    assert proposal.has_run_out(last)
    assert not proposal.has_run_out(last - timedelta(microseconds=1))


def test_what_was_given_out_stays_until_it_is_given_out_again(world: World):
    proposal, token = sent(world)
    change_proposal(proposal, said(world, must(50_000)), version=proposal.version, by=ANNA)
    assert ProposalVersion.objects.get().content["lines"][0]["unit_price"] == 89_000

    proposal.refresh_from_db()
    again, other = send_proposal(proposal, version=proposal.version, by=ANNA)
    assert (again.revision, again.total) == (2, 50_000)
    assert other != token
    before = state()
    with pytest.raises(ProposalStale):
        accept(world, again, revision=1)
    assert state() == before
    assert accept(world, again).total == 50_000


def test_a_version_that_somebody_changed_meanwhile_is_refused(world: World):
    proposal = written(world)
    change_proposal(proposal, said(world, title="Another"), version=1, by=ANNA)
    before = state()

    with pytest.raises(ProposalStale):
        change_proposal(proposal, said(world, title="Mine"), version=1, by=ANNA)
    with pytest.raises(ProposalStale):
        send_proposal(proposal, version=1, by=ANNA)

    assert state() == before
    assert Proposal.objects.get().title == "Another"


def test_withdrawing_ends_the_link_and_is_done_once(world: World):
    proposal, _token = sent(world)
    withdraw_proposal(proposal, by=ANNA)
    before = state()

    assert withdraw_proposal(proposal, by=ANNA).state == ProposalState.WITHDRAWN
    with pytest.raises(SaleRefused):
        accept(world, proposal)
    with pytest.raises(SaleRefused):
        renew_link(proposal, by=ANNA)

    assert state() == before
    assert Proposal.objects.get().link_digest is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"valid_until": -1}, "valid_until"),
        ({"valid_until": 731}, "valid_until"),
        ({"language": "xx"}, "language"),
        ({"discount_basis_points": 10_001}, "discount"),
        ({"lines": ()}, "lines"),
    ],
)
def test_what_is_wrong_in_a_quote_is_said_and_nothing_is_written(world: World, wrong: dict[str, Any], field: str):
    if isinstance(days := wrong.get("valid_until"), int):
        wrong = {"valid_until": clock.business_day(clock.now(), world.store.zone) + timedelta(days=days)}
    values = replace(said(world), **wrong)
    before = state()

    with pytest.raises(SaleRefused) as refused:
        write_proposal(values, by=ANNA)

    assert refused.value.field == field
    assert state() == before


def test_an_option_that_is_none_and_nothing_chosen_are_refused(world: World):
    fixed, _token = sent(world)
    free, _other = sent(world, may(100))
    before = state()

    for proposal, options in ((fixed, (1,)), (fixed, (9,)), (free, ())):
        with pytest.raises(SaleRefused) as refused:
            accept(world, proposal, *options)
        assert refused.value.field == "options"
    assert state() == before


def test_the_same_key_writes_one_quote(world: World):
    first = write_proposal(said(world), by=ANNA, idempotency_key="k")
    assert write_proposal(said(world), by=ANNA, idempotency_key="k").pk == first.pk
    with pytest.raises(KeyReused):
        write_proposal(said(world, must(1)), by=ANNA, idempotency_key="k")
    assert Proposal.objects.count() == 1


def test_whoever_may_set_no_prices_sells_at_those_of_the_list(world: World):
    sock = make_product(price=10_000)
    cheap = ProposalLineValues(line=LineValues(product_id=sock.pk, unit_price=1))
    with pytest.raises(SaleRefused):
        write_proposal(said(world, cheap), by=ANNA, may_set_price=False)
    assert not Proposal.objects.exists()
    own = ProposalLineValues(line=LineValues(product_id=sock.pk, quantity=Decimal(2)))
    assert write_proposal(said(world, own), by=ANNA, may_set_price=False).total == 20_000
    assert ProposalLine.objects.get().unit_price == 10_000


def test_a_machine_writes_gives_out_and_answers(world: World):
    desk = Machine(world.liga)
    body = {
        "customer_id": world.kari.pk,
        "store_id": world.store.pk,
        "title": "Service",
        "valid_until": said(world).valid_until.isoformat(),
        "lines": [
            {"description": "Service", "unit_price": 50_000},
            {"description": "Bell", "unit_price": 100, "is_optional": True},
        ],
    }
    made = desk.post("/customer-quotes", body, Idempotency_Key="one")
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    assert desk.post("/customer-quotes", body, Idempotency_Key="one").json()["id"] == number
    problem(desk.post(f"/customer-quotes/{number}/send", {"version": 9}), 409, "stale")
    given = desk.post(f"/customer-quotes/{number}/send", {"version": 1}).json()
    assert "/q/" in given["link"]
    assert given["quote"]["state"] == "sent"
    answered = desk.post(f"/customer-quotes/{number}/answer", {"revision": 1, "is_accepted": True, "options": [2]})
    assert answered.json()["order_id"] == Order.objects.get().pk
    assert answered.json()["answers"][0]["total"] == 50_100
    assert [row["state"] for row in desk.get("/customer-quotes?state=accepted").json()["items"]] == ["accepted"]


def test_quotes_of_one_who_is_erased_go_and_the_purchase_stays(world: World):
    proposal, _token = sent(world)
    accept(world, proposal)
    for model in (ProposalAnswer, ProposalVersion, ProposalLine, Proposal, HeldQuote):
        holding = holding_of(model)
        list(holding.export(world.kari.pk))
        holding.forget(world.kari.pk)

    assert not Proposal.objects.exists()
    assert Order.objects.count() == 1

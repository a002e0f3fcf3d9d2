"""Papers by e-mail: what goes out, in whose language, to which address, and what is refused."""

import re
from typing import Any

import pytest

from stamkunde.accounts.roles import Role
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import Attachment, Conversation, ConversationState, Dispatch, Message
from stamkunde.conversations.tests.talking import mailbox, said
from stamkunde.customers.models import ContactPoint, Customer
from stamkunde.desk.actions.papers import MailValues, email_order
from stamkunde.events.models import Happening
from stamkunde.sales.models import Order, PaymentLink, Proposal, ProposalState
from stamkunde.sales.payment_providers.trial_server import Desk
from stamkunde.sales.public_links import digest_of_link
from stamkunde.sales.tests.paying_there import desk, use_provider
from stamkunde.sales.tests.test_invoices import owe
from stamkunde.sales.tests.test_proposals import sent, written
from stamkunde.sales.tests.trading import bring_back, buy, line
from tests.machine import Machine, problem
from tests.world import World, make_staff, signed_in

__all__ = ["desk"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(world: World) -> Order:
    mailbox()
    return buy(world.store, line(12_900, description="A kettle"), customer_id=world.kari.pk)


def form_of(page: str) -> dict[str, str]:
    """Return what stands in the form of a page, to be sent as it is."""
    fields = re.findall(r'<input type="(?:email|text|hidden)" name="(\w+)" value="([^"]*)"', page)
    text = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.S)
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"} | {
        "text": text.group(1) if text else ""
    }


def only_mail() -> Message:
    return Message.objects.get()


def attached() -> bytes:
    return STORE.place_of(Attachment.objects.get().digest).read_bytes()


def test_a_receipt_goes_out_as_it_is_proposed(world: World, receipt: Order) -> None:
    Customer.objects.filter(pk=world.kari.pk).update(language="sv")
    client = signed_in(world.anna)
    assert f'href="/purchases/{receipt.pk}/email/"' in client.get(f"/purchases/{receipt.pk}/").content.decode()
    form = form_of(client.get(f"/purchases/{receipt.pk}/email/").content.decode())
    assert form["address"] == "kari@example.org"
    assert "kvitto" in form["subject"].lower(), "in the customer's language, whoever sends it"

    done = client.post(f"/purchases/{receipt.pk}/email/", form)

    assert (done.status_code, done["Location"]) == (302, f"/purchases/{receipt.pk}/")
    mail = only_mail()
    assert mail.customer == world.kari and [one.address for one in mail.recipients.all()] == ["kari@example.org"]
    assert mail.text.replace("\r", "") == form["text"].replace("\r", "").strip()
    assert attached().startswith(b"%PDF") and Attachment.objects.get().name.endswith(f"{receipt.pk}.pdf")
    assert Dispatch.objects.get().mailbox == mailbox()
    assert Happening.objects.filter(customer_id=world.kari.pk, name="conversations.answer_written").exists()


def test_nobody_has_to_do_anything_until_the_customer_answers_it(world: World, receipt: Order) -> None:
    email_order(receipt, MailValues(address="kari@example.org"), buyer=world.kari, by=world.anna.actor)
    talk = Conversation.objects.get()
    assert (talk.state, talk.assigned_to, talk.waiting_since) == (ConversationState.CLOSED, None, None)

    said("The kettle drips.", talk)

    talk.refresh_from_db()
    assert talk.state == ConversationState.OPEN and talk.waiting_since is not None


def test_the_same_form_sent_twice_sends_one_mail(world: World, receipt: Order) -> None:
    client = signed_in(world.anna)
    form = form_of(client.get(f"/purchases/{receipt.pk}/email/").content.decode())
    for _time in range(2):
        assert client.post(f"/purchases/{receipt.pk}/email/", form).status_code == 302

    assert Message.objects.count() == Conversation.objects.count() == 1


@pytest.mark.parametrize("address", ["", "nobody", "kari@"])
def test_what_is_no_address_is_said_and_what_was_typed_stands_there(world: World, receipt: Order, address: str) -> None:
    form = {"address": address, "subject": "Yours", "text": "As you wished.", "key": "k"}
    refused = signed_in(world.anna).post(f"/purchases/{receipt.pk}/email/", form)

    assert refused.status_code == 422 and "As you wished." in refused.content.decode()
    assert not Message.objects.exists() and not Conversation.objects.exists()


def test_an_address_from_which_mail_comes_back_is_refused_with_another_way(world: World, receipt: Order) -> None:
    ContactPoint.objects.filter(customer=world.kari, kind="email").update(status="failing")
    client = signed_in(world.anna)
    page = client.get(f"/purchases/{receipt.pk}/email/").content.decode()
    assert form_of(page).get("address", "") == "" and "No e-mail address that works is known" in page

    form = form_of(page) | {"address": "kari@example.org"}
    refused = client.post(f"/purchases/{receipt.pk}/email/", form)

    assert refused.status_code == 422
    assert "Mail to kari@example.org comes back. Call" in refused.content.decode()
    assert not Message.objects.exists() and not Conversation.objects.exists()


def test_an_invoice_can_bring_a_link_to_pay_by(world: World, desk: Desk) -> None:
    mailbox()
    use_provider(desk)
    invoice = owe(world, 10_000, customer_id=world.kari.pk)
    order = invoice.payment.order
    assert (
        "Add a link to pay by card" not in signed_in(world.anna).get(f"/purchases/{order.pk}/email/").content.decode()
    )
    client = signed_in(world.ola)
    page = client.get(f"/purchases/{order.pk}/email/").content.decode()
    assert "Add a link to pay by card" in page and f"invoice {invoice.number}" in page

    assert client.post(f"/purchases/{order.pk}/email/", form_of(page) | {"with_link": "on"}).status_code == 302

    found = re.search(r"/pay/([\w-]+)/", only_mail().text)
    assert found and PaymentLink.objects.get().digest == digest_of_link(found.group(1))


def test_a_link_for_what_is_paid_sends_nothing_and_makes_no_link(world: World, desk: Desk, receipt: Order) -> None:
    use_provider(desk)
    paid_for = owe(world, 10_000, customer_id=world.kari.pk)
    order = paid_for.payment.order
    type(paid_for).objects.filter(pk=paid_for.pk).update(credited=10_000)

    refused = problem(Machine(world.ola).post(f"/orders/{order.pk}/mails", {"with_link": True}), 422, "invalid")

    assert "owed" in str(refused) and not Message.objects.exists() and not PaymentLink.objects.exists()


def test_a_return_goes_out_as_a_credit_note(world: World, receipt: Order) -> None:
    returned = bring_back(receipt, (receipt.lines.get(), "1"))
    client = signed_in(world.anna)
    assert f"/returns/{returned.pk}/email/" in client.get(f"/returns/{returned.pk}/").content.decode()

    page = client.get(f"/returns/{returned.pk}/email/").content.decode()
    assert client.post(f"/returns/{returned.pk}/email/", form_of(page)).status_code == 302

    assert "credit note" in only_mail().subject and "NOK\xa0129.00" in only_mail().text
    assert Attachment.objects.get().name == f"credit-note-{returned.pk}.pdf"


def test_a_quote_is_with_the_customer_once_it_was_sent(world: World) -> None:
    mailbox()
    proposal = written(world, language="en")
    client = signed_in(world.ola)
    assert f"/quotes/{proposal.pk}/email/" in client.get(f"/quotes/{proposal.pk}/").content.decode()
    page = client.get(f"/quotes/{proposal.pk}/email/").content.decode()

    assert client.post(f"/quotes/{proposal.pk}/email/", form_of(page) | {"with_link": "on"}).status_code == 302

    proposal.refresh_from_db()
    found = re.search(r"/q/([\w-]+)/", only_mail().text)
    assert proposal.state == ProposalState.SENT
    assert found and proposal.link_digest == digest_of_link(found.group(1))


def test_a_quote_that_is_with_the_customer_keeps_its_link_without_a_new_one(world: World) -> None:
    mailbox()
    proposal, _token = sent(world, language="en")
    before = Proposal.objects.get(pk=proposal.pk)
    Machine(world.ola).post(f"/customer-quotes/{proposal.pk}/mails", {})

    after = Proposal.objects.get(pk=proposal.pk)
    assert (after.link_digest, after.revision) == (before.link_digest, before.revision)
    assert "/q/" not in only_mail().text


def test_a_quote_that_was_accepted_is_not_sent_anew(world: World) -> None:
    mailbox()
    proposal, _token = sent(world)
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.ACCEPTED, link_digest=None)

    assert signed_in(world.ola).get(f"/quotes/{proposal.pk}/email/").status_code == 404
    assert Machine(world.ola).post(f"/customer-quotes/{proposal.pk}/mails", {}).status_code == 422
    assert not Message.objects.exists()


def test_a_program_sends_a_receipt_with_words_of_its_own(world: World, receipt: Order) -> None:
    given: dict[str, Any] = Machine(world.anna).post(f"/orders/{receipt.pk}/mails", {"text": "Here it is."}).json()

    assert (given["text"], given["recipients"][0]["address"]) == ("Here it is.", "kari@example.org")
    assert given["dispatch"]["state"] == "queued" and given["attachments"][0]["content_type"] == "application/pdf"


def test_a_program_that_knows_no_address_is_told(world: World) -> None:
    mailbox()
    order = buy(world.store, line(12_900))
    problem(Machine(world.anna).post(f"/orders/{order.pk}/mails", {}), 422, "invalid")
    assert not Message.objects.exists()


def test_without_a_mailbox_the_page_says_what_is_missing(world: World) -> None:
    order = buy(world.store, line(12_900), customer_id=world.kari.pk)
    page = signed_in(world.anna).get(f"/purchases/{order.pk}/email/").content.decode()
    assert "There is no mailbox to write from yet" in page

    problem(Machine(world.anna).post(f"/orders/{order.pk}/mails", {}), 422, "invalid")
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ACCOUNTANT, Role.MARKETING])
def test_whoever_may_not_write_to_customers_sends_no_papers(world: World, receipt: Order, role: Role) -> None:
    user = make_staff("Nils", role)
    assert signed_in(user).get(f"/purchases/{receipt.pk}/email/").status_code == 403
    assert "/email/" not in signed_in(user).get(f"/purchases/{receipt.pk}/").content.decode()
    problem(Machine(user).post(f"/orders/{receipt.pk}/mails", {"address": "a@example.org"}), 403, "forbidden")
    assert not Message.objects.exists()

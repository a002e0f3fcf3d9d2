"""Somebody of whom every table holds a row, with something unmistakable in every personal column.

What is planted is made from the classification of the columns, so that a new column is planted by itself, and a new
table fails here until it is given a row.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.models import (
    BinaryField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    Field,
    IntegerField,
    JSONField,
    Model,
    TextField,
)

from stamkunde.accounts.models import Store, User
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import (
    Attachment,
    Conversation,
    Dispatch,
    Draft,
    InternalNote,
    Letter,
    Mailbox,
    Mention,
    Message,
    Participant,
    Presence,
    RawMail,
    RawText,
    Recipient,
    SearchWords,
    Tag,
    Tagging,
    TextLine,
)
from stamkunde.counter.models import Basket, Deed
from stamkunde.customers import files
from stamkunde.customers.models import (
    Address,
    Consent,
    ContactPoint,
    Customer,
    CustomField,
    CustomValue,
    FormerName,
    HitList,
    LikelyPair,
    LookUp,
    Merge,
    MergeEntry,
    Note,
    Relation,
    Restriction,
    StoredFile,
    Trait,
)
from stamkunde.desk.models import BulkChange, BulkItem, ContactPutOff, NoteDraft
from stamkunde.events.models import Happening
from stamkunde.exchange.models import ExportFile, ImportChange, ImportLikeness, ImportRun, Replay, SourceKey
from stamkunde.exchange.stored_files import EXPORTS, IMPORTS, new_name, path_of
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.privacy import PERSONAL, holdings
from stamkunde.loyalty.actions.points import ask_for_correction, correct_points, reserve_points
from stamkunde.loyalty.models import (
    Household,
    HouseholdMember,
    Lot,
    LotUse,
    MemberCard,
    Membership,
    PointsAccount,
    Posting,
    Referral,
    Tier,
    TierMetricEntry,
    TierStanding,
)
from stamkunde.loyalty.tests.members import open_programme
from stamkunde.pricing.models import (
    Offer,
    OfferOwner,
    Voucher,
    VoucherBatch,
    VoucherRedemption,
    VoucherReservation,
)
from stamkunde.privacy.models import AccessFile, DataRequest, Erasure
from stamkunde.sales.models import (
    BookedSlot,
    Booking,
    BookingRecord,
    Delivery,
    DeliveryLine,
    DeliveryRecord,
    GiftCard,
    GiftCardPosting,
    HeldQuote,
    Invoice,
    OfferUse,
    OfflineSale,
    Order,
    OrderLine,
    Owed,
    Payment,
    PaymentAttempt,
    PaymentLink,
    PaymentStep,
    Proposal,
    ProposalAnswer,
    ProposalLine,
    ProposalVersion,
    ProviderRefund,
    PurchaseSummary,
    Refund,
    Return,
    ReturnLine,
)
from stamkunde.tasks.models import Task
from tests.world import World, make_customer

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
# Numbers and keys that lead to rows: nothing that could be planted.
_LEADS = {"customer_id", "object_id"}


@dataclass(frozen=True)
class Canary:
    """What was planted in one column."""

    model: type[Model]
    column: str
    value: Any

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.column}"


def somebody_everywhere(world: World) -> tuple[Customer, dict[type[Model], list[Model]]]:
    """Make a customer and one row of hers in every table that holds anything about a person."""
    her = make_customer("Astrid", "Ravndal", email="astrid.ravndal@example.no", phone="+4748123456")
    part = make_customer("Astrid", "Ravndahl")
    other = world.sven
    till, store, staff = world.till, world.store, world.liga
    looked = {"actor_kind": "staff", "actor_id": staff.pk, "actor_label": "Liga", "role": "administrator"}
    bought = Order.objects.create(
        customer=her, store=store, till=till, placed_at=AT, business_day=AT.date(), currency="NOK", total=10_000,
        vat=2_000, registered_by="Anna", recorded_at=AT, receipt_number="R-1",
    )  # fmt: skip
    line = OrderLine.objects.create(
        order=bought, number=1, description="Kettle", quantity=1, unit_price=10_000, amount=10_000
    )
    back = Return.objects.create(
        customer=her, store=store, till=till, returned_at=AT, business_day=AT.date(), currency="NOK", total=10_000,
        registered_by="Anna", recorded_at=AT,
    )  # fmt: skip
    quote = Proposal.objects.create(
        customer=her, store=store, title="Tea", words="x", language="nb", valid_until=AT.date(), currency="NOK",
        written_at=AT, written_by="Anna", changed_at=AT,
    )  # fmt: skip
    version = ProposalVersion.objects.create(
        proposal=quote, number=1, content={}, total=1, valid_until=AT.date(), sent_at=AT, sent_by="Anna"
    )
    owed = Payment.objects.create(order=bought, method="invoice", amount=10_000)
    card = GiftCard.objects.create(
        customer=her, store=store, token="GCANARY", currency="NOK", balance=2_000, issued_at=AT, last_on=AT.date(),
        note="Note",
    )  # fmt: skip
    to_hand_over = Owed.objects.create(order=bought, line=line, way="deliver", quantity=1)
    delivery = Delivery.objects.create(order=bought, way="deliver", made_at=AT, made_by="Anna")
    booking = Booking.objects.create(
        order=bought, owed=to_hand_over, quantity=1, staff=staff, begins_at=AT, ends_at=AT + timedelta(days=900),
        made_at=AT, made_by="Anna",
    )  # fmt: skip
    attempt = PaymentAttempt.objects.create(
        provider="trial", order=bought, store=store, currency="NOK", amount=10_000, card_brand="x", card_end="x",
        reason="x", started_at=AT, started_by="Anna",
    )  # fmt: skip
    note = Note.objects.create(customer=her, text="Note", written_by="Ola", written_at=AT)
    merge = Merge.objects.create(survivor=her, merged=part, at=AT, actor_kind="staff", actor_label="Ola")
    Customer.objects.filter(pk=part.pk).update(trashed_at=AT)
    run = _an_import(store.pk)
    change = BulkChange.objects.create(kind="trash", owner=staff, asked_at=AT)
    request = DataRequest.objects.create(
        kind="access", customer=her, asked_by="x", language="nb", received_on=AT.date(), due_on=AT.date(), made_at=AT
    )
    with files.staged([b"the bytes of a kept file: canary-bytes"]) as staged:
        files.keep(staged)
        stored = StoredFile.objects.create(
            customer=her, name="file.txt", size=staged.size, digest=staged.digest, added_at=AT
        )
    membership = Membership.objects.create(programme=open_programme(), customer=her, number="M1", joined_at=AT)
    correct_points(membership, 50, reason="Sorry", by=SYSTEM)
    reserved = reserve_points(membership, 20, reference="x", by=SYSTEM)
    level = Tier.objects.create(programme=membership.programme, name="Gold", rank=1, threshold=1)
    friend = Membership.objects.create(programme=membership.programme, customer=other, number="M2", joined_at=AT)
    referral = Referral.objects.create(
        programme=membership.programme, referrer=membership, referee=friend, state="rejected", reasons=["SELF"],
        code="CANARYCODE", made_at=AT, joined_at=AT, decided_at=AT,
    )  # fmt: skip
    household = Household.objects.create(programme=membership.programme, head=membership, made_at=AT)
    HouseholdMember.objects.create(household=household, membership=friend, joined_at=AT, recorded_by="Anna")
    rows: list[Model] = [
        referral, household,
        HouseholdMember.objects.create(
            household=household, membership=membership, joined_at=AT, agreement="x", recorded_by="Anna"
        ),
        TierMetricEntry.objects.create(
            membership=membership, kind="spend", amount=1, occurred_at=AT, recorded_at=AT, source="sale", source_id=1
        ),
        TierStanding.objects.create(
            membership=membership, tier=level, since=AT, until=None, reason="auto", evaluated_at=AT
        ),
        reserved, reserved.transaction, Posting.objects.latest("pk"), LotUse.objects.latest("pk"),
        Lot.objects.latest("pk"), PointsAccount.objects.filter(membership=membership).latest("pk"),
        ask_for_correction(membership, -5, reason="x", by=SYSTEM),
        membership, MemberCard.objects.create(membership=membership, token="2900000000001", issued_at=AT),
        her, bought, line, back, note, merge, stored, request, quote, version,
        ProposalLine.objects.create(proposal=quote, number=1, description="Tea", quantity=1, unit_price=1),
        ProposalAnswer.objects.create(
            version=version, is_accepted=True, text="x", reason="x", answered_at=AT, answered_by="x", by_link=True
        ),
        to_hand_over, delivery, booking,
        DeliveryLine.objects.create(delivery=delivery, owed=to_hand_over, quantity=1),
        DeliveryRecord.objects.create(delivery=delivery, state="planned", at=AT, by="Anna"),
        BookingRecord.objects.create(booking=booking, what="booked", begins_at=AT, at=AT, by="Anna"),
        BookedSlot.objects.create(booking=booking, staff=staff, at=AT),
        HeldQuote.objects.create(
            customer=her, store=store, channel="web", basket={}, basket_hash="x", engine_version="1", currency="NOK",
            total=1, result={}, trace=[], made_at=AT, made_by="Anna", valid_until=AT,
        ),
        attempt,
        PaymentStep.objects.create(
            attempt=attempt, what="started", amount=1, at=AT, business_day=AT.date(), by="Anna", note="x"
        ),
        PaymentLink.objects.create(
            order=bought, digest="x", language="nb", made_at=AT, made_by="Anna", ends_at=AT
        ),
        ProviderRefund.objects.create(attempt=attempt, amount=1, asked_for_at=AT, settled_at=AT, note="x"),
        card,
        GiftCardPosting.objects.create(
            card=card, kind="sale", amount=2_000, balance=2_000, at=AT, store=store, reason="Reason",
            registered_by="Anna",
        ),
        Invoice.objects.create(
            number=1, payment=owed, amount=10_000, issued_on=AT.date(), due_on=AT.date(), paid_note="Note"
        ),
        FormerName.objects.create(customer=her, name="Former"),
        ContactPoint.objects.get(customer=her, kind="email"),
        Address.objects.create(customer=her, street="Street"),
        Trait.objects.create(customer=her, text="Trait", noted_at=AT),
        Relation.objects.create(customer=her, other=other, kind="gives_to"),
        Consent.objects.create(customer=her, channel="sms", state="given", at=AT, evidence="x", noted_by="Ola"),
        Restriction.objects.create(
            customer=her, ground="claims", reason="x", began_at=AT, began_by="Ola", lifted_at=AT, lifted_by="Ola"
        ),
        LookUp.objects.create(customer=her, purpose="export", at=AT, **looked),
        HitList.objects.create(key="k", at=AT, shown=f" {her.pk} {other.pk} ", **looked),
        Happening.objects.create(
            name="customers.note_written", topic="notes", at=AT, recorded_at=AT, customer_id=her.pk,
            subject_id=note.pk, actor_kind="staff", actor_label="Ola", details={"note_id": note.pk, "text": "x"},
        ),
        MergeEntry.objects.create(merge=merge, position=1, follower="f", step="changed", row_count=1, numbers="1"),
        LikelyPair.objects.create(
            first_id=min(her.pk, other.pk), second_id=max(her.pk, other.pk), likelihood=1, found_at=AT
        ),
        Payment.objects.create(order=bought, method="card", amount=10_000),
        ReturnLine.objects.create(returned=back, order_line=line, description="Kettle", quantity=1, amount=10_000),
        Refund.objects.create(returned=back, method="card", amount=10_000),
        PurchaseSummary.objects.get_or_create(customer=her, currency="NOK")[0],
        SourceKey.objects.create(source="old", kind="customers.customer", key="K", object_id=her.pk, run=run),
        ImportChange.objects.create(run=run, kind="customers.customer", object_id=her.pk, was_created=False),
        ImportLikeness.objects.create(run=run, row=1, name="x", customer_id=her.pk),
        Replay.objects.create(
            owner=staff, key="r", request_digest="d", status=200, body=b"canary-replay", customer_id=her.pk, at=AT
        ),
        _an_export(staff.pk),
        BulkItem.objects.create(change=change, customer=her),
        NoteDraft.objects.create(user=staff, customer=her, text="Draft", saved_at=AT),
        ContactPutOff.objects.create(customer=her, until=AT.date(), put_off_by="Ola", put_off_at=AT),
        OfflineSale.objects.create(
            store=store, till=till, key="canary-offline", body_digest="d", customer=her, sold_by="Anna", occurred_at=AT,
            sent={"lines": [{"quantity": "1", "description": "Kettle"}]}, recorded_at=AT, total=1, state="waiting",
            note="Note",
        ),
        Basket.objects.create(key="b", store=store, customer=her, opened_at=AT, changed_at=AT),
        Deed.objects.create(key="d", customer=her, note=note, done_at=AT),
        Erasure.objects.create(customer_id=her.pk, ref=her.ref, asked_by="Liga", asked_at=AT, state="verified"),
        AccessFile.objects.create(
            request=request, language="nb", asked_by="Liga", asked_at=AT, expires_at=AT + timedelta(days=7)
        ),
    ]  # fmt: skip
    offer = Offer.objects.create(name="Hers", kind="percent", created_at=AT, audience="customer", state="ended")
    batch = VoucherBatch.objects.create(name="Hers", offer=offer, kind="generic", created_at=AT, made=1)
    code = Voucher.objects.create(batch=batch, code="HERS", is_personal=True, owner=her)
    rows += [
        OfferOwner.objects.create(offer=offer, customer=her, given_at=AT),
        code,
        VoucherRedemption.objects.create(voucher=code, purchase="elsewhere:1", at=AT, by="Anna"),
        VoucherReservation.objects.create(voucher=code, key="k", at=AT, expires_at=AT),
        OfferUse.objects.create(order=bought, offer=offer, amount=1),
    ]
    rows += [*_a_conversation(her, staff), _a_task(her)]
    by_model: dict[type[Model], list[Model]] = {type(row): [row] for row in rows}
    by_model[CustomValue] = [
        CustomValue.objects.create(
            customer=her, field=CustomField.objects.create(key=kind, label=kind.title(), kind=kind), **{column: value}
        )
        for kind, column, value in (
            ("text", "text", "x"), ("number", "number", 1), ("date", "date", AT.date()), ("yes_no", "yes_no", True)
        )
    ]  # fmt: skip
    return her, by_model


def _a_task(her: Customer) -> Task:
    return Task.objects.create(customer=her, text="x", due_at=AT, added_at=AT, state="done", settled_at=AT)


def _a_conversation(her: Customer, staff: User) -> list[Model]:
    mailbox = Mailbox.objects.create(name="Shop", address="post@shop.example")
    talk = Conversation.objects.create(
        customer=her, channel="email", mailbox=mailbox, first_contact_at=AT, last_message_at=AT
    )
    message = Message.objects.create(
        conversation=talk, customer=her, direction="out", channel="email", said_at=AT, recorded_at=AT
    )
    digest, size = STORE.keep_bytes(b"canary-in-a-mail")
    note = InternalNote.objects.create(conversation=talk, text="x", written_by="Ola", written_at=AT)
    line = TextLine.objects.create(name="Texts", provider="46elks", number="+46766861004", account="u1")
    return [
        talk, message, note,
        RawText.objects.create(
            text_line=line, digest=digest, size=1, body=b"x", received_at=AT, state="quarantined", reason="broken"
        ),
        SearchWords.objects.create(conversation=talk, message=message, words="x"),
        Recipient.objects.create(message=message, address="x"),
        Attachment.objects.create(message=message, name="x", size=size, digest=digest, added_at=AT),
        Dispatch.objects.create(message=message, mailbox=mailbox, due_at=AT, state="failed", digest=digest, size=size),
        Letter.objects.create(message=message, store=Store.objects.earliest("pk"), to_country="NO", language="nb"),
        Participant.objects.create(conversation=talk, customer=her, address="x", joined_at=AT),
        Draft.objects.create(conversation=talk, user=staff, text="x", saved_at=AT),
        Mention.objects.create(note=note, user=staff),
        Presence.objects.create(conversation=talk, user=staff, seen_at=AT),
        Tagging.objects.create(conversation=talk, tag=Tag.objects.create(name="repair")),
        RawMail.objects.create(
            mailbox=mailbox, digest=digest, size=size, received_at=AT, state="read", message=message
        ),
    ]  # fmt: skip


def _an_import(store_id: int) -> ImportRun:
    stored_as = new_name(IMPORTS)
    path_of(stored_as).write_bytes(b"name,email\nAstrid Ravndal,canary-in-a-file@example.no\n")
    return ImportRun.objects.create(
        kind="customers", source="old", file_name="old.csv", file_size=1, file_digest="d", stored_as=stored_as,
        options={"store_id": store_id, "currency": "NOK"}, created_by_label="Liga", created_at=AT, state="done",
    )  # fmt: skip


def _an_export(owner_id: int) -> ExportFile:
    stored_as = new_name(EXPORTS, ".csv")
    path_of(stored_as).write_bytes(b"canary-in-an-export")
    return ExportFile.objects.create(
        kind="customers", form="csv", reason="x", owner_id=owner_id, asked_at=AT, ready_at=AT, state="ready",
        stored_as=stored_as, expires_at=AT + timedelta(days=3),
    )  # fmt: skip


def plant(rows: dict[type[Model], list[Model]]) -> list[Canary]:
    """Put something unmistakable into every personal column of the rows; return what stands where."""
    planted: list[Canary] = []
    numbers = count(1)
    for holding in holdings():
        assert holding.model in rows, f"{holding.model._meta.label} has no row in somebody_everywhere()"
        for column, sensitivity in holding.columns.items():
            field = holding.model._meta.get_field(column)
            if sensitivity not in PERSONAL or field.is_relation or column in _LEADS or (holding.model, column) in KEPT:
                continue
            assert isinstance(field, Field)
            for row in rows[holding.model]:
                # Of the columns of a field's value only that of its kind says anything.
                if holding.model is CustomValue and getattr(row, column) in (None, ""):
                    continue
                value = _canary(field, holding.model, next(numbers))
                holding.model._default_manager.filter(pk=row.pk).update(**{column: value})
                planted.append(Canary(holding.model, column, value))
    return planted


# What finds the row, or is one of few choices; the tests look at these by themselves.
KEPT: set[tuple[type[Model], str]] = {
    (HitList, "shown"),
    (Customer, "ref"),
    (Customer, "language"),
    # Words are folded letters only, which the search index relies on.
    (Customer, "words"),
    (ContactPoint, "tail"),
    (StoredFile, "digest"),
    (CustomValue, "yes_no"),
    (Erasure, "ref"),
    (Erasure, "sealed"),
    # One end must stay after the other.
    (Booking, "ends_at"),
    # Which export holds her is known by these.
    (LookUp, "at"),
    (LookUp, "purpose"),
}


def _canary(field: Field[Any, Any], model: type[Model], number: int) -> Any:
    if isinstance(field, JSONField):
        text = f"canary bird {number:03d}"
        if model is Happening:
            return {"note_id": 1, "text": text}
        return [text] if field.default is list else {"title": text}
    if field.choices:
        return list(dict(field.flatchoices))[-1]
    if isinstance(field, DateTimeField):
        return AT + timedelta(days=number, seconds=number)
    if isinstance(field, DateField):
        return date(1960, 1, 1) + timedelta(days=number * 31)
    if isinstance(field, DecimalField):
        # What was returned comes after what was bought, and may not be more.
        return Decimal(90_000 - number) + Decimal("0.125")
    if isinstance(field, IntegerField):
        return 20_000 + number if field.name in {"birth_day", "typical_interval_days"} else 7_000_000 + number * 1_013
    if isinstance(field, BinaryField):
        return f"canary bird {number:03d}".encode()
    assert isinstance(field, CharField | TextField), f"{model._meta.label}.{field.name}"
    return f"canary bird {number:03d}"[: field.max_length]

"""Gift cards: given out, paid with, blocked, replaced, corrected, and let expire; always by a posting."""

from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.attempts import is_used_up, note_attempt
from stamkunde.accounts.models import Store
from stamkunde.events.publishing import action, publish
from stamkunde.kit import shown
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.sales.actions import checks
from stamkunde.sales.codes import looks_like_a_code, masked, new_code, plain_code
from stamkunde.sales.events import GiftCardChanged
from stamkunde.sales.gift_card_rules import last_day
from stamkunde.sales.models import (
    CardKind,
    GiftCard,
    GiftCardPosting,
    GiftCardState,
    Order,
    PostingKind,
    Refund,
    Return,
)
from stamkunde.sales.models.order import Payment
from stamkunde.sales.refusals import CardRefused, KeyReused, SaleRefused, TooManyCodes

WRONG_CODES = 10
_WINDOW = timedelta(minutes=1)
_AT_ONCE = 500


def card_with(code: str, *, by: Actor, field: str = "payments", line: int = 0) -> GiftCard:
    """Return the card of a code, in whatever state. Wrong codes are counted, and after ten a pause is due."""
    tries = f"gift card:{by.kind}:{by.id}"
    if is_used_up(tries, WRONG_CODES):
        raise TooManyCodes
    plain = plain_code(code[:60])
    found = None
    if looks_like_a_code(plain):
        found = GiftCard.objects.select_related("store", "replaced_by").filter(token=plain).first()
    if found is None:
        count = partial(note_attempt, tries, window=_WINDOW, limit=WRONG_CODES)
        count()
        unknown = CardRefused(_("There is no gift card with this code. Type it again from the card."), field, line=line)
        unknown.count_again = count
        raise unknown
    return found


def is_past(card: GiftCard, at: datetime) -> bool:
    """Say whether a card's last day is over at an instant, by the clock of the store that gave it out."""
    return card.expires_on is not None and business_day(at, card.store.zone) > card.expires_on


def refuse_unusable(card: GiftCard, currency: str, at: datetime, *, field: str = "payments", line: int = 0) -> None:
    """Refuse a card that is blocked or replaced, past its last day, or of other money than what is paid."""
    sentence = ""
    if card.state == GiftCardState.BLOCKED:
        sentence = _("Gift card %(card)s is blocked. Ask somebody who may change gift cards.")
    elif card.state == GiftCardState.REPLACED:
        sentence = _("Gift card %(card)s was replaced by another one, %(other)s. Use that one.")
    elif is_past(card, at):
        sentence = _("Gift card %(card)s could be used until %(day)s.")
    elif card.currency != currency:
        sentence = _("Gift card %(card)s is in %(currency)s and cannot be used here.")
    if sentence:
        other = card.replaced_by.masked if card.replaced_by else ""
        day = shown.day(card.expires_on) if card.expires_on else ""
        said = sentence % {"card": card.masked, "other": other, "day": day, "currency": card.currency}
        raise CardRefused(said, field, line=line)


def issue(
    store: Store,
    *,
    at: datetime,
    kind: str = CardKind.SOLD,
    customer_id: int | None = None,
    expires_on: date | None = None,
    note: str = "",
) -> GiftCard:
    """Write a card with nothing on it yet, usable as long as the law of the store's country says."""
    given_out = business_day(at, store.zone)
    return GiftCard.objects.create(
        token=new_code(),
        kind=kind,
        store=store,
        customer_id=customer_id,
        currency=store.currency,
        expires_on=expires_on or last_day(store.country, given_out),
        note=note,
        issued_at=at,
        last_on=given_out,
    )


def post(
    card: GiftCard,
    kind: str,
    amount: int,
    *,
    by: Actor,
    at: datetime,
    store: Store | None = None,
    order: Order | None = None,
    returned: Return | None = None,
    payment: Payment | None = None,
    refund: Refund | None = None,
    reason: str = "",
    key: str | None = None,
    digest: str = "",
    field: str = "payments",
    only_active: bool = True,
) -> GiftCardPosting:
    """Change what is on a card, unless too little is left on it; the database decides, never a look beforehand."""
    rows = GiftCard.objects.filter(pk=card.pk, balance__gte=-amount)
    if only_active:
        rows = rows.filter(state=GiftCardState.ACTIVE)
    day = business_day(at, card.store.zone)
    if not rows.update(balance=F("balance") + amount, last_on=day):
        left, state = GiftCard.objects.values_list("balance", "state").get(pk=card.pk)
        if only_active and state != GiftCardState.ACTIVE:
            raise CardRefused(_("Gift card %(card)s cannot be used any more.") % {"card": card.masked}, field)
        raise too_little(card, left, field)
    # The row is held until the end of the transaction, so this is what was just written.
    card.balance = GiftCard.objects.values_list("balance", flat=True).get(pk=card.pk)
    return GiftCardPosting.objects.create(
        card=card,
        kind=kind,
        amount=amount,
        balance=card.balance,
        at=at,
        store=store or card.store,
        order=order,
        returned=returned,
        payment=payment,
        refund=refund,
        reason=reason,
        registered_by=by.label[:120],
        idempotency_key=key,
        body_digest=digest,
    )


def too_little(card: GiftCard, left: int, field: str = "payments") -> CardRefused:
    said = {"card": card.masked, "left": shown.amount(left, card.currency)}
    return CardRefused(_("Only %(left)s is left on gift card %(card)s.") % said, field, balance=left)


def set_state(card: GiftCard, state: str, *, reason: str, by: Actor) -> GiftCard:
    """Block a card or let it in again; one is replaced by giving out another."""
    if state == GiftCardState.REPLACED:
        raise CardRefused(_("A card is replaced by giving out a new one."), "state")
    return (block_card if state == GiftCardState.BLOCKED else unblock_card)(card, reason=reason, by=by)


@retry_on_conflict
@action
def block_card(card: GiftCard, *, reason: str, by: Actor) -> GiftCard:
    """Let a lost card pay nothing any more; what is on it stays, for another card or until it is found."""
    reason = _reason(reason)
    if not GiftCard.objects.filter(pk=card.pk, state=GiftCardState.ACTIVE).update(state=GiftCardState.BLOCKED):
        raise CardRefused(_("This card is not in use, so it cannot be blocked."), "state")
    return _told(card, "blocked", reason, by)


@retry_on_conflict
@action
def unblock_card(card: GiftCard, *, reason: str, by: Actor) -> GiftCard:
    """Let a blocked card be used again."""
    reason = _reason(reason)
    if not GiftCard.objects.filter(pk=card.pk, state=GiftCardState.BLOCKED).update(state=GiftCardState.ACTIVE):
        raise CardRefused(_("This card is not blocked."), "state")
    return _told(card, "unblocked", reason, by)


@retry_on_conflict
@action
def replace_card(card: GiftCard, *, reason: str, by: Actor) -> GiftCard:
    """Give out a new card with all that is on the old one and its last day; the old one can be used no more.

    Done again, it answers with the card that was given out first.
    """
    reason = _reason(reason)
    held = GiftCard.objects.select_for_update(of=("self",)).select_related("store", "replaced_by").get(pk=card.pk)
    if held.replaced_by is not None:
        return held.replaced_by
    at = now()
    fresh = issue(
        held.store, at=at, kind=held.kind, customer_id=held.customer_id, expires_on=held.expires_on, note=held.note
    )
    GiftCard.objects.filter(pk=fresh.pk).update(expires_on=held.expires_on)
    moved = held.balance
    if moved:
        post(held, PostingKind.MOVED, -moved, by=by, at=at, reason=reason, only_active=False)
        post(fresh, PostingKind.MOVED, moved, by=by, at=at, reason=reason)
    GiftCard.objects.filter(pk=held.pk).update(state=GiftCardState.REPLACED, replaced_by=fresh)
    _told(held, "replaced", reason, by)
    return GiftCard.objects.select_related("store").get(pk=fresh.pk)


@retry_on_conflict
@action
def correct_card(
    card: GiftCard, amount: int, *, reason: str, by: Actor, idempotency_key: str | None = None
) -> GiftCard:
    """Put so much more on a card, or take it off, and say why; sent again with its key it is done once."""
    reason = _reason(reason)
    digest = f"{card.pk}:{amount}:{reason}"[:64]
    if idempotency_key is not None:
        earlier = GiftCardPosting.objects.filter(idempotency_key=idempotency_key).first()
        if earlier is not None:
            if earlier.body_digest != digest:
                raise KeyReused
            return GiftCard.objects.select_related("store").get(pk=earlier.card_id)
    if not amount:
        raise CardRefused(_("Write how much more or less is to be on the card."), "amount")
    if abs(amount) > checks.LARGEST_PRICE:
        raise CardRefused(_("This is too large to be an amount. Look at the number once more."), "amount")
    posting = post(
        card, PostingKind.CORRECTION, amount, by=by, at=now(), reason=reason, key=idempotency_key, digest=digest,
        field="amount", only_active=False,
    )  # fmt: skip
    return _told(card, "corrected", reason, by, amount=posting.amount)


@retry_on_conflict
@action
def give_later_day(card: GiftCard, day: date, *, reason: str, by: Actor) -> GiftCard:
    """Let a card be used for longer than its country's law asks; an earlier day is refused."""
    reason = _reason(reason)
    if card.expires_on is None:
        raise CardRefused(_("This card can be used for ever."), "expires_on")
    if day <= card.expires_on:
        raise CardRefused(
            _("It can be used until %(day)s already. Choose a later day.") % {"day": shown.day(card.expires_on)},
            "expires_on",
        )
    GiftCard.objects.filter(pk=card.pk, expires_on__lt=day).update(expires_on=day)
    return _told(card, "prolonged", reason, by)


@action
def expire_cards(numbers: list[int], *, at: datetime | None = None) -> int:
    """Take what is left off cards whose last day is over, once each; return of how many.

    Only the books need it: that a card cannot be used any more follows from its day.
    """
    at = at or now()
    done = 0
    for card in GiftCard.objects.select_for_update(of=("self",)).select_related("store").filter(pk__in=numbers):
        if card.balance and is_past(card, at):
            post(card, PostingKind.EXPIRY, -card.balance, by=SYSTEM, at=at, only_active=False)
            done += 1
    return done


def _reason(reason: str) -> str:
    plain = checks.plain(reason, "reason", 200)
    if not plain:
        raise SaleRefused(_("Say why, in a few words."), "reason")
    return plain


def _told(card: GiftCard, what: str, reason: str, by: Actor, *, amount: int = 0) -> GiftCard:
    publish(
        GiftCardChanged(
            customer_id=card.customer_id,
            card_id=card.pk,
            card=masked(card.token),
            what=what,
            reason=reason,
            currency=card.currency,
            amount=amount,
        ),
        by=by,
    )
    return GiftCard.objects.select_related("store", "replaced_by").get(pk=card.pk)

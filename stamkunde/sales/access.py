"""What sales lets people do, and which purchases and returns a person may look at."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.access import REMOVE as REMOVE_CUSTOMERS
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.models import Customer
from stamkunde.kit.clock import now
from stamkunde.kit.policy import Permission
from stamkunde.sales.models import (
    Booking,
    Delivery,
    GiftCard,
    HeldQuote,
    Invoice,
    OfflineSale,
    Order,
    Owed,
    PaymentAttempt,
    PaymentLink,
    PostingKind,
    Proposal,
    Return,
)

M = TypeVar("M", bound=Model)

# What stands on a card that has just been given out, and nothing else.
HANDED_OVER_BY = (PostingKind.SALE, PostingKind.CREDIT, PostingKind.MOVED)

SEE = Permission("sales.see", _("See purchases and returns."))
REGISTER = Permission("sales.register", _("Register purchases and say whose they are."))
RETURN = Permission("sales.return", _("Take goods back and give money back for them."))
SET_PRICE = Permission("sales.set_price", _("Sell a product at another price than that of the list."))
GIFT_CARDS = Permission("sales.gift_cards", _("Look up gift cards and see what is on them."))
CHANGE_GIFT_CARDS = Permission("sales.change_gift_cards", _("Block, replace and correct gift cards."))
INVOICES = Permission("sales.invoices", _("See who owes what, and write down that an invoice was paid."))
REFUND_OTHERWISE = Permission("sales.refund_otherwise", _("Give money back another way than it was paid."))

SETTLE_OFFLINE = Permission(
    "sales.settle_offline", _("Settle by hand what a till sold without a connection and could not be taken in.")
)
QUOTE = Permission("sales.quote", _("Write quotes for customers, give them out and withdraw them."))

PAYMENTS = Permission(
    "sales.payments",
    _("See payments through the payment provider, make links to pay by, take money in, cancel and settle them."),
)
PAYMENT_PROVIDER = Permission(
    "sales.payment_provider", _("Set up the payment provider: account, keys, deposits and terminals.")
)

ARCHIVE = Permission(
    "sales.archive", _("See purchases and returns in the archive, which are kept only because a law asks for it.")
)

PERMISSIONS = (
    SEE,
    REGISTER,
    RETURN,
    SET_PRICE,
    GIFT_CARDS,
    CHANGE_GIFT_CARDS,
    INVOICES,
    REFUND_OTHERWISE,
    SETTLE_OFFLINE,
    QUOTE,
    PAYMENTS,
    PAYMENT_PROVIDER,
    ARCHIVE,
)


def most_discount(user: User) -> int | None:
    """Return how many percent somebody may take off; None for any."""
    return None if user.may(SET_PRICE.name) else the_shop().most_discount


def visible_orders(user: User) -> QuerySet[Order]:
    """Return the purchases that a person's lists and files hold: of the stores the person works in, out of the archive.

    Who bought something is erased, or it was long ago: then it is kept for the books, and only those who answer for
    these or for personal data see it.
    """
    return out_of_archive(counted_orders(user), user)


def visible_returns(user: User) -> QuerySet[Return]:
    return out_of_archive(counted_returns(user), user)


def counted_orders(user: User) -> QuerySet[Order]:
    """Return the purchases that a person's sums count: of the stores the person works in, those in the archive too."""
    return _in_own_stores(Order.objects.all(), user) if user.may(SEE.name) else Order.objects.none()


def counted_returns(user: User) -> QuerySet[Return]:
    return _in_own_stores(Return.objects.all(), user) if user.may(SEE.name) else Return.objects.none()


def open_orders(user: User) -> QuerySet[Order]:
    """Return the purchases a person may look at one by one.

    A receipt is brought to whichever store is nearest: those who take goods back open each, of other stores too.
    """
    if not (user.may(SEE.name) and user.may(RETURN.name)):
        return visible_orders(user)
    return out_of_archive(Order.objects.all(), user)


def open_returns(user: User) -> QuerySet[Return]:
    if not (user.may(SEE.name) and user.may(RETURN.name)):
        return visible_returns(user)
    return out_of_archive(Return.objects.all(), user)


def out_of_archive(rows: QuerySet[M], user: User, paper: str = "") -> QuerySet[M]:
    """Leave out what lies in the archive, unless the person may see that; `paper` leads from a line to its document."""
    if user.may(ARCHIVE.name):
        return rows
    whose, line = f"{paper}customer", the_shop().archive_before
    rows = rows.filter(Q(**{whose: None}) | Q(**{f"{whose}__erased_at": None}))
    return rows if line is None else rows.filter(**{f"{paper}{_moment(rows, paper)}__gte": line})


def _moment(rows: QuerySet[M], paper: str) -> str:
    return "returned_at" if rows.model is Return or paper == "returned__" else "placed_at"


def lies_in_archive(row: Order | Return, user: User) -> bool:
    """Say whether a purchase or a return is one of those that the person sees only by its receipt."""
    return not user.may(ARCHIVE.name) and is_archived(row)


def is_archived(row: Order | Return) -> bool:
    """Say whether a purchase or a return lies in the archive, whoever asks."""
    line = the_shop().archive_before
    at = row.placed_at if isinstance(row, Order) else row.returned_at
    is_erased = row.customer is not None and row.customer.erased_at is not None
    return is_erased or (line is not None and at < line)


def brought_orders(user: User) -> QuerySet[Order]:
    """Return the purchases that a receipt may be of which is brought back: those in the archive too.

    Goods can come back for years. Only ask them by the number on the receipt.
    """
    return Order.objects.all() if user.may(SEE.name) and user.may(RETURN.name) else Order.objects.none()


def _in_own_stores(rows: QuerySet[M], user: User) -> QuerySet[M]:
    return rows if user.own_store_ids is None else rows.filter(store__in=user.own_store_ids)


def named(user: User, customer: Customer | None) -> Customer | None:
    """Return whose it was, if the person may know: one in the trash is named to those who may take her back."""
    if customer is None or not user.may(SEE_CUSTOMERS.name):
        return None
    if customer.restricted_at is not None:
        return None
    return customer if customer.trashed_at is None or user.may(REMOVE_CUSTOMERS.name) else None


def whose(user: User, row: Order | Return) -> Customer | None:
    """Return whose a purchase or return was, if the person may know; of what lies in the archive nobody is named."""
    return None if row.customer is None or lies_in_archive(row, user) else named(user, row.customer)


def order_for(user: User, pk: int, *, receipt: str = "") -> Order:
    """Return a purchase, or answer as if there were none.

    One in the archive is given to those who take goods back and have its receipt.
    """
    with_it = ("store", "till", "customer")
    order = open_orders(user).select_related(*with_it).filter(pk=pk).first()
    if order is None and receipt:
        order = brought_orders(user).select_related(*with_it).filter(pk=pk).first()
        if order is not None and order.called.casefold() != receipt.casefold():
            order = None
    if order is None:
        raise Http404
    return order


def may_say_whose(user: User, order: Order) -> bool:
    """Say whether somebody may write down whose purchase it was: those bound to stores, in these alone."""
    return user.may(REGISTER.name) and (user.own_store_ids is None or order.store_id in user.own_store_ids)


def own_order_for(user: User, pk: int) -> Order:
    """Return a purchase of which a person may say whose it was; another store's can be read and not changed."""
    order = order_for(user, pk)
    if not may_say_whose(user, order):
        raise PermissionDenied
    return order


def return_for(user: User, pk: int) -> Return:
    returned = open_returns(user).select_related("store", "till", "customer").filter(pk=pk).first()
    if returned is None:
        raise Http404
    return returned


def visible_proposals(user: User) -> QuerySet[Proposal]:
    """Return the quotes that a person sees: of the stores the person works in, for customers whom anybody may see."""
    if not (user.may(QUOTE.name) and user.may(SEE_CUSTOMERS.name)):
        return Proposal.objects.none()
    rows = Proposal.objects.with_last_day().filter(customer__trashed_at=None, customer__restricted_at=None)
    return _in_own_stores(rows, user)


def proposal_for(user: User, pk: int) -> Proposal:
    found = visible_proposals(user).select_related("store", "customer").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def proposal_by_link(digest: str) -> Proposal:
    """Return the quote whose link carries a token of this digest, or answer as if there were none."""
    found = (
        Proposal.objects.with_last_day()
        .select_related("store", "customer")
        .filter(link_digest=digest, link_expires_at__gt=now())
        .filter(customer__trashed_at=None, customer__restricted_at=None)
        .first()
    )
    if found is None:
        raise Http404
    return found


def held_quote_for(user: User, pk: int) -> HeldQuote:
    rows = HeldQuote.objects.all() if user.may(REGISTER.name) else HeldQuote.objects.none()
    found = _in_own_stores(rows, user).select_related("store", "customer").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def visible_gift_cards(user: User) -> QuerySet[GiftCard]:
    """Return the gift cards that a person's lists hold: those given out in the stores the person works in.

    A card pays in every store; whoever has its code finds it by that, wherever it comes from.
    """
    return _in_own_stores(GiftCard.objects.all(), user) if user.may(GIFT_CARDS.name) else GiftCard.objects.none()


def gift_card_for(user: User, pk: int) -> GiftCard:
    card = visible_gift_cards(user).select_related("store", "customer", "replaced_by").filter(pk=pk).first()
    if card is None:
        raise Http404
    return card


def may_read_code(user: User, card: GiftCard) -> bool:
    """Say whether somebody may see the whole code: to hand the card over as long as it is new, or as one who answers.

    Whoever has read the code of a card that is somebody's could spend it.
    """
    if user.may(CHANGE_GIFT_CARDS.name):
        return True
    return user.may(REGISTER.name) and not card.postings.exclude(kind__in=HANDED_OVER_BY).exists()


def visible_invoices(user: User) -> QuerySet[Invoice]:
    """Return the invoices that a person may see: of the stores the person works in."""
    if not user.may(INVOICES.name):
        return Invoice.objects.none()
    rows = Invoice.objects.all()
    return rows if user.own_store_ids is None else rows.filter(payment__order__store__in=user.own_store_ids)


def invoice_for(user: User, pk: int) -> Invoice:
    rows = visible_invoices(user).select_related("payment__order__store", "payment__order__customer")
    invoice = rows.filter(pk=pk).first()
    if invoice is None:
        raise Http404
    return invoice


def visible_attempts(user: User) -> QuerySet[PaymentAttempt]:
    """Return the payments through a provider that a person may see: of the stores the person works in."""
    return (
        _in_own_stores(PaymentAttempt.objects.all(), user) if user.may(PAYMENTS.name) else PaymentAttempt.objects.none()
    )


def attempt_for(user: User, pk: int) -> PaymentAttempt:
    rows = visible_attempts(user).select_related("store", "till", "order__store", "order__customer", "invoice")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def link_to_pay(digest: str) -> PaymentLink:
    """Return the link to pay by that carries a token of this digest, or answer as if there were none."""
    found = (
        PaymentLink.objects.select_related("order__store", "order__customer", "invoice")
        .filter(digest=digest, ends_at__gt=now(), order__customer__restricted_at=None)
        .first()
    )
    if found is None:
        raise Http404
    return found


def visible_owed(user: User) -> QuerySet[Owed]:
    """Return what is still to be handed over, of the purchases in a person's lists."""
    return Owed.objects.filter(order__in=visible_orders(user))


def visible_bookings(user: User) -> QuerySet[Booking]:
    return Booking.objects.filter(order__in=visible_orders(user))


def delivery_for(user: User, pk: int) -> Delivery:
    found = Delivery.objects.filter(order__in=visible_orders(user), pk=pk).select_related("order__store").first()
    if found is None:
        raise Http404
    return found


def booking_for(user: User, pk: int) -> Booking:
    found = visible_bookings(user).select_related("order__store", "staff", "owed__line").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def visible_offline_sales(user: User) -> QuerySet[OfflineSale]:
    """Return what tills sold without a connection, of the stores the person works in."""
    rows = OfflineSale.objects.select_related("store", "till", "customer", "order")
    return _in_own_stores(rows, user) if user.may(SEE.name) else rows.none()


def offline_sale_for(user: User, pk: int) -> OfflineSale:
    found = visible_offline_sales(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def whose_offline(user: User, sale: OfflineSale) -> Customer | None:
    """Return whose it is, if the person may know: of the purchase where there is one, else of what was sent."""
    return whose(user, sale.order) if sale.order is not None else named(user, sale.customer)

"""What prices and offers let people do, and which of them a person may look at."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.access import visible_customers
from stamkunde.kit.policy import Permission
from stamkunde.pricing.models import ForWhom, Offer, OfferOwner, PriceBook, Voucher, VoucherBatch

SEE = Permission("pricing.see", _("See price books and offers, and try out what a basket costs."))
CHANGE = Permission("pricing.change", _("Publish price books, and write, start, pause and end offers."))

CODES = Permission("pricing.codes", _("Have codes made that bring an offer, look at them and block them."))

USE_CODES = Permission("pricing.use_codes", _("Hold and use codes for a purchase, and give them back."))

PERMISSIONS = (SEE, CHANGE, CODES, USE_CODES)


def visible_books(user: User) -> QuerySet[PriceBook]:
    return PriceBook.objects.all() if user.may(SEE.name) else PriceBook.objects.none()


def book_for(user: User, pk: int) -> PriceBook:
    book = visible_books(user).filter(pk=pk).first()
    if book is None:
        raise Http404
    return book


def visible_offers(user: User) -> QuerySet[Offer]:
    return Offer.objects.all() if user.may(SEE.name) else Offer.objects.none()


def offer_for(user: User, pk: int) -> Offer:
    offer = visible_offers(user).filter(pk=pk).first()
    if offer is None:
        raise Http404
    return offer


def owners_of(offers: Sequence[Offer], user: User) -> dict[int, list[int]]:
    """Return the customers whose own each personal offer is, as far as the person may see them; a query for these."""
    personal = [offer.pk for offer in offers if offer.audience == ForWhom.CUSTOMER]
    if not personal or not user.may(SEE_CUSTOMERS.name):
        return {}
    rows = OfferOwner.objects.filter(offer__in=personal, customer__in=visible_customers(user)).order_by("customer")
    found: dict[int, list[int]] = {}
    for offer, customer in rows.values_list("offer", "customer"):
        found.setdefault(offer, []).append(customer)
    return found


def visible_batches(user: User) -> QuerySet[VoucherBatch]:
    return VoucherBatch.objects.select_related("offer") if user.may(SEE.name) else VoucherBatch.objects.none()


def batch_for(user: User, pk: int) -> VoucherBatch:
    batch = visible_batches(user).filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch


def visible_vouchers(user: User) -> QuerySet[Voucher]:
    """Return the codes that a person may look through; whoever is shown one may look it up without that."""
    return Voucher.objects.select_related("batch") if user.may(CODES.name) else Voucher.objects.none()

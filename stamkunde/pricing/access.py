"""What prices and offers let people do, and which of them a person may look at."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.kit.policy import Permission
from stamkunde.pricing.models import Offer, PriceBook

SEE = Permission("pricing.see", _("See price books and offers, and try out what a basket costs."))
CHANGE = Permission("pricing.change", _("Publish price books, and write, start, pause and end offers."))

PERMISSIONS = (SEE, CHANGE)


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

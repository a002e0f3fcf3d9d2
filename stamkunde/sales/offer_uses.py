"""How often offers and codes were used: by one customer, whose limits it decides, and by all, for the figures."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Q

from stamkunde.pricing.evaluator.values import Offer
from stamkunde.sales.models import OfferUse

ONE_BIRTHDAY = timedelta(days=180)
"""An offer around a birthday holds for so long at most, so that an earlier use was at an earlier birthday."""


def uses_of(customer_id: int, at: datetime, offers: Sequence[Offer]) -> dict[int, int]:
    """Return how often a customer has used those of the offers that are counted for each; a query only for these.

    Of offers around a birthday the uses at this birthday count. A code that was given back does not.
    """
    counted = {offer.id for offer in offers if offer.most_per_customer is not None}
    if not counted:
        return {}
    yearly = {offer.id for offer in offers if offer.birthday is not None}
    lately = ~Q(offer__in=yearly) | Q(order__placed_at__gt=at - ONE_BIRTHDAY)
    own = OfferUse.objects.filter(lately, order__customer=customer_id, offer__in=counted, given_back_at=None)
    return dict(own.order_by().values_list("offer").annotate(Count("pk")))


def batch_uses_of(customer_id: int, batches: Sequence[int]) -> dict[int, int]:
    """Return how often a customer has used codes of each batch."""
    own = OfferUse.objects.filter(order__customer=customer_id, voucher__batch__in=batches, given_back_at=None)
    return dict(own.order_by().values_list("voucher__batch").annotate(Count("pk")))

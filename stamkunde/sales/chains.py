"""The chain of this module: the ledger of gift cards, whose postings are added and never changed."""

from django.utils.translation import gettext_lazy

from stamkunde.kit.chains import Chain
from stamkunde.sales.models import GiftCardPosting

GIFT_CARDS = Chain(
    "gift-cards",
    gettext_lazy("Every posting of a gift card stands as it was written down."),
    GiftCardPosting,
    ("card_id", "kind", "amount", "balance", "at"),
)
CHAINS = (GIFT_CARDS,)

"""The chains of this module: the ledger of points, whose rows are added and never changed."""

from django.utils.translation import gettext_lazy

from stamkunde.kit.chains import Chain
from stamkunde.loyalty.models import PointsTransaction, Posting

CHAINS = (
    Chain(
        "points",
        gettext_lazy("What happened to points stands as it was written down."),
        PointsTransaction,
        (
            "membership_id", "kind", "points", "occurred_at", "recorded_at", "source", "source_id", "split",
            "spent_by_id", "reverses_id",
        ),
    ),
    Chain(
        "postings",
        gettext_lazy("Every posting of points stands as it was written down."),
        Posting,
        ("transaction_id", "account_id", "amount"),
    ),
)  # fmt: skip

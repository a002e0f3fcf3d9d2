"""The chains of this module: what happened, and what of it was changed as it may be."""

from django.utils.translation import gettext_lazy

from stamkunde.events.models import Amendment, Happening
from stamkunde.kit.chains import Chain

HAPPENINGS = Chain(
    "happenings",
    gettext_lazy("What happened stands as it was written down."),
    Happening,
    (
        "name", "topic", "at", "recorded_at", "customer_id", "subject_id", "actor_kind", "actor_id", "actor_label",
        "details", "words",
    ),
)  # fmt: skip
AMENDMENTS = Chain(
    "amendments",
    gettext_lazy("Whatever was changed or let go of is written down, and stands as it was."),
    Amendment,
    ("chain", "reason", "row_ids", "at"),
)
CHAINS = (HAPPENINGS, AMENDMENTS)

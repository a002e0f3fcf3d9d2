"""What the register of processing (GDPR art. 30) says of each table beside its classes: ground, time, recipients.

Purpose and classes of columns stand in the table's `Holding`; each module's `retention.py` adds the rest here, and a
test compares the two. Who receives data by an agreement stands in the list of processors instead.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from stamkunde.kit.retention import Ground

WITH_THE_PROFILE = _("As long as the customer's profile is kept.")
"""It goes when the customer is forgotten, or has long been in the trash."""

STAFF = _("Staff whose role lets them.")
STAFF_AND_EXPORTS = _("Staff whose role lets them, and whoever they hand an export to for a reason they write down.")
OFFICER = _("The privacy officer, and the customer who asks.")


@dataclass(frozen=True, kw_only=True)
class Processing:
    """One table in the register. `kept` is the name of a rule of retention, or a sentence where there is none."""

    model: type[Model]
    ground: Ground
    kept: Any = WITH_THE_PROFILE
    recipients: Any = STAFF


_PROCESSING: dict[type[Model], Processing] = {}


def register(*entries: Processing) -> None:
    for entry in entries:
        _PROCESSING[entry.model] = entry


def processing() -> dict[type[Model], Processing]:
    return dict(_PROCESSING)

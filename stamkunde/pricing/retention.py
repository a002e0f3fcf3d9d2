"""How long customers' own offers and codes are kept, and baskets that hold a code."""

from django.utils.translation import gettext_lazy as _

from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.register import Processing, register
from stamkunde.kit.retention import Ground, Period, Rule, add_rules
from stamkunde.pricing.jobs import clear_reserved
from stamkunde.pricing.models import OfferOwner, Voucher, VoucherRedemption, VoucherReservation

add_rules(
    Rule(
        name="pricing.reservations",
        sensitivity=Sensitivity.BEHAVIOUR,
        purpose=_("Not to let two use a code at once."),
        ground=Ground.INTEREST,
        trigger=_("the basket that holds the code"),
        period=Period(days=1),
        source=_("A proposal: GDPR art. 5(1)(e) asks for a limit and names none."),
        settled_by=clear_reserved.kind.title,
    )
)

_NOBODYS = _("As long as the customer's profile is kept; then the code is nobody's.")

register(
    Processing(model=OfferOwner, ground=Ground.CONTRACT),
    Processing(model=Voucher, ground=Ground.CONTRACT, kept=_NOBODYS),
    Processing(model=VoucherRedemption, ground=Ground.CONTRACT, kept=_NOBODYS),
    Processing(model=VoucherReservation, ground=Ground.INTEREST, kept="pricing.reservations"),
)

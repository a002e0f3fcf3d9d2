"""The codes that a kept selection means: those of a batch, as far as the person may have them."""

from django.db.models import QuerySet

from stamkunde.kit.policy import Permitted
from stamkunde.kit.selections import Selection
from stamkunde.pricing.access import CODES
from stamkunde.pricing.models import Voucher


def selected_vouchers(user: Permitted, selection: Selection) -> QuerySet[Voucher]:
    own = Voucher.objects.filter(batch=selection.get("batch"))
    return own if user.may(CODES.name) else own.none()

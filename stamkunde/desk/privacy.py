"""What the desk holds about a customer: that getting in touch was put off."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from stamkunde.desk.models import ContactPutOff
from stamkunde.kit.privacy import Holding, Sensitivity, register


def contacts_put_off(customer_id: int) -> Iterator[dict[str, Any]]:
    for put_off in ContactPutOff.objects.filter(customer_id=customer_id):
        yield {"until": put_off.until, "put_off_by": put_off.put_off_by, "put_off_at": put_off.put_off_at}


def forget_contacts_put_off(customer_id: int) -> list[str]:
    ContactPutOff.objects.filter(customer_id=customer_id).delete()
    return []


register(
    Holding(
        model=ContactPutOff,
        purpose=_("To get in touch with a customer on a day that suits."),
        columns={
            "id": Sensitivity.NONE,
            "customer": Sensitivity.IDENTITY,
            "until": Sensitivity.BEHAVIOUR,
            "put_off_by": Sensitivity.BUSINESS,
            "put_off_at": Sensitivity.BEHAVIOUR,
        },
        export=contacts_put_off,
        forget=forget_contacts_put_off,
    )
)

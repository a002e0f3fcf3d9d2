"""What the counter holds about a person for a few days: the basket she left, and that she was enrolled or noted on."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from stamkunde.counter.models import Basket, Deed
from stamkunde.kit.privacy import Holding, Sensitivity, deleting, register


def baskets(customer_id: int) -> Iterator[dict[str, Any]]:
    for basket in Basket.objects.filter(customer=customer_id).select_related("store").order_by("pk"):
        yield {
            "opened_at": basket.opened_at,
            "changed_at": basket.changed_at,
            "store": basket.store.name,
            "lines": basket.lines,
            "was_bought": basket.order_id is not None,
        }


def deeds(customer_id: int) -> Iterator[dict[str, Any]]:
    for deed in Deed.objects.filter(customer=customer_id).order_by("pk"):
        yield {"done_at": deed.done_at, "was_note": deed.note_id is not None}


def forget_baskets(customer_id: int) -> None:
    Basket.objects.filter(customer=customer_id).update(customer=None)


register(
    Holding(
        model=Basket,
        title=_("Baskets begun at the counter"),
        purpose=_("To let somebody at the counter go on with a purchase that was begun."),
        columns={
            "id": Sensitivity.NONE,
            "key": Sensitivity.NONE,
            "store": Sensitivity.BUSINESS,
            "points": Sensitivity.BUSINESS,
            "till": Sensitivity.BUSINESS,
            "customer": Sensitivity.IDENTITY,
            "lines": Sensitivity.BEHAVIOUR,
            "gift_cards": Sensitivity.BUSINESS,
            "off": Sensitivity.BUSINESS,
            "share": Sensitivity.BUSINESS,
            "codes": Sensitivity.BUSINESS,
            "steps": Sensitivity.NONE,
            "order": Sensitivity.BEHAVIOUR,
            "opened_at": Sensitivity.BEHAVIOUR,
            "changed_at": Sensitivity.BEHAVIOUR,
        },
        export=baskets,
        forget=forget_baskets,
    ),
    Holding(
        model=Deed,
        title=_("Enrolments and notes at the counter"),
        purpose=_("Not to enrol somebody twice, nor to write a note twice, when the connection broke."),
        columns={
            "id": Sensitivity.NONE,
            "key": Sensitivity.NONE,
            "customer": Sensitivity.IDENTITY,
            "note": Sensitivity.IDENTITY,
            "done_at": Sensitivity.BEHAVIOUR,
        },
        export=deeds,
        forget=deleting(Deed),
    ),
)

"""What earns nothing in a programme, and what other currencies are worth in it, as its page shows them."""

from dataclasses import dataclass

from stamkunde.catalogue.models import Product
from stamkunde.catalogue.queries import shelves
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.loyalty.earning_forms import ExclusionsForm, RateForm
from stamkunde.loyalty.models import PointsExchange, Programme
from stamkunde.loyalty.queries.earning import excluded, rates
from stamkunde.loyalty.terms import programme_day


@dataclass(frozen=True)
class RateShown:
    """A rate in words; `key` names it when it is removed."""

    said: str
    since: str
    key: str
    is_current: bool
    is_coming: bool


class EarningShown:
    """Both parts with their forms; a form that was refused is shown as it was sent."""

    def __init__(
        self, programme: Programme, *, exclusions: ExclusionsForm | None = None, rate: RateForm | None = None
    ) -> None:
        self.left_out = _left_out(excluded(programme))
        self.rates = _rates(programme, rates(programme))
        self.exclusions = exclusions or ExclusionsForm.of(programme)
        self.rate = rate or RateForm(programme, initial={"version": programme.version})


def _left_out(numbers: dict[str, list[int]]) -> list[str]:
    wanted = set(numbers["categories"])
    categories = [shelf.path for shelf in shelves() if shelf.category.pk in wanted] if wanted else []
    products = Product.objects.filter(pk__in=numbers["products"]).order_by("name", "pk") if numbers["products"] else ()
    return [*categories, *(f"{product.name} ({product.sku})" for product in products)]


def _rates(programme: Programme, rows: list[PointsExchange]) -> list[RateShown]:
    today = programme_day(programme, now())
    current: set[str] = set()
    found = []
    for row in rows:
        is_coming = row.valid_from > today
        is_current = not is_coming and row.currency not in current
        if is_current:
            current.add(row.currency)
        found.append(
            RateShown(
                f"{shown.amount(row.amount, row.currency)} = {shown.amount(row.worth, programme.currency)}",
                shown.day(row.valid_from),
                f"{row.currency} {row.valid_from.isoformat()}",
                is_current,
                is_coming,
            )
        )
    return found

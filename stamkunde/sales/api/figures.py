"""What purchases say: of a customer, of a product, of the shop's day."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.access import own_stores
from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Store, User
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.access import product_for
from stamkunde.customers.access import customer_for
from stamkunde.kit.api.fields import Given, Limit, Mark, PathId, QueryDay, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.paging import Order, page
from stamkunde.sales.access import SEE, named, out_of_archive
from stamkunde.sales.models import OrderLine, PaymentMethod
from stamkunde.sales.queries import favourite_products, past_years, purchase_sums, takings
from stamkunde.sales.queries.member_baskets import member_baskets
from stamkunde.sales.queries.offers import offer_figures
from stamkunde.sales.queries.tills import tills_of_day

routes = Routes("Figures", "What purchases say of a customer, of a product, and of the shop's day.")


class OfferFigureGiven(Given):
    """What an offer cost in some days, in one currency; amounts are in minor units."""

    offer_id: int
    name: str
    currency: str = Field(examples=["NOK"])
    purchases: int
    with_code: int = Field(description="How many of the purchases had it by a code.")
    amount: int = Field(description="What it took off.")
    back: int = Field(description="How much of that lay on what has come back since.")
    net: int = Field(description="What it cost in the end.")
    sold: int = Field(description="What these purchases came to.")


class BasketsGiven(Given):
    """Purchases of a kind of customer in a month, in one currency; amounts are in minor units."""

    month: date = Field(description="Its first day.")
    currency: str = Field(examples=["NOK"])
    kind: Literal["member", "known", "unnamed"] = Field(
        description="A member when they bought, somebody known who was none, or nobody named."
    )
    purchases: int
    total: int = Field(description="What they came to.")
    returned: int = Field(description="How much of that came back.")
    average: int = Field(description="What was paid and not given back, for each purchase.")
    things: Decimal = Field(description="What is weighed is one thing; gift cards are none.")


class SumGiven(Given):
    """What a customer bought in all, in one currency; amounts are in minor units."""

    currency: str = Field(examples=["NOK"])
    orders: int
    bought: int
    returned: int
    net: int
    last_at: datetime | None


class FavouriteGiven(Given):
    """A product the customer buys again and again."""

    product_id: int
    name: str
    times: int
    last_on: date


class ShareGiven(Given):
    """How much of a year's amount was spent on one sort of thing; no category is what is left."""

    category_id: int | None
    name: str
    percent: int


class YearGiven(Given):
    """What is left of a year's purchases in the archive."""

    year: int
    currency: str = Field(examples=["NOK"])
    purchases: int
    net: int = Field(description="Less what came back, in minor units.")
    shares: list[ShareGiven]


class Bought(Given):
    """What purchases say of a customer."""

    sums: list[SumGiven]
    favourites: list[FavouriteGiven]
    years: list[YearGiven] = Field(description="Purchases in the archive, by year; single ones few may see.")


class SoldGiven(Given):
    """One sale of a product."""

    order_id: int
    order_line_id: int
    customer_id: int | None
    store_id: int
    placed_at: datetime
    quantity: Decimal
    amount: int = Field(description="In minor units.")
    currency: str


class TakingsGiven(Given):
    """What was taken less what was given back, in one currency, beside the same weekday a week before."""

    currency: str = Field(examples=["NOK"])
    total: int
    purchases: int
    week_before: int
    rounding: int = Field(description="What rounding in cash added beside the total; below nought what it took off.")


class TakingsOfTill(Given):
    """What a till took on a day, less what it gave back, in one currency; amounts are in minor units.

    `sold` less `given_back` and with `rounding` is what came in by all ways together.
    """

    store_id: int
    till_id: int | None = Field(description="Null for what was done at no till.")
    currency: str = Field(examples=["NOK"])
    purchases: int
    sold: int
    given_back: int
    rounding: int = Field(description="What rounding in cash added in all; below nought what it took off.")
    by_method: dict[PaymentMethod, int] = Field(description="Cash is what lies in the drawer more than before.")
    unknown: int = Field(description="What came in by ways that nobody wrote down.")


class TillsOfDay(Given):
    day: date
    items: list[TakingsOfTill]


class TakingsOfDay(Given):
    day: date
    items: list[TakingsGiven]


@routes.get("/customers/{customer_id}/figures", SEE, Bought)
def get_figures_of_customer(request: HttpRequest, customer_id: PathId) -> Bought:
    """Read what a customer bought in all, and what they like to buy."""
    customer = customer_for(bearer(request), customer_id)
    return Bought(
        sums=[SumGiven.model_validate(own) for own in purchase_sums(customer)],
        favourites=[FavouriteGiven.model_validate(one) for one in favourite_products(customer)],
        years=[YearGiven.model_validate(year) for year in past_years(customer)],
    )


@routes.get("/products/{product_id}/sales", SEE, Listed[SoldGiven])
def list_sales_of_product(
    request: HttpRequest,
    product_id: PathId,
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[SoldGiven]:
    """List what was sold of a product, the latest first."""
    user = bearer(request)
    lines = out_of_archive(OrderLine.objects.filter(product=product_for(user, product_id)), user, "order__")
    if user.own_store_ids is not None:
        lines = lines.filter(order__store__in=user.own_store_ids)
    rows = page(lines.select_related("order__customer"), Order("pk"), mark=mark, size=limit)
    items = [
        SoldGiven(
            order_id=line.order_id,
            order_line_id=line.pk,
            customer_id=whose.pk if (whose := named(user, line.order.customer)) else None,
            store_id=line.order.store_id,
            placed_at=line.order.placed_at,
            quantity=line.quantity,
            amount=line.amount,
            currency=line.order.currency,
        )
        for line in rows.rows
    ]
    return Listed[SoldGiven](items=items, **marks_of(rows))


@routes.get("/takings", SEE, TakingsOfDay)
def get_takings(
    request: HttpRequest,
    day: QueryDay | None = query(None, description="Today if it is left out."),
    store_id: PathId | None = query(None, description="All stores if it is left out."),
) -> TakingsOfDay:
    """Read what was taken on a day, less what was given back."""
    user = bearer(request)
    on, store = _day_and_store(user, day, store_id)
    return TakingsOfDay(
        day=on, items=[TakingsGiven.model_validate(one) for one in takings(on, store, among=user.own_store_ids)]
    )


@routes.get("/takings/tills", SEE, TillsOfDay)
def get_tills_of_day(
    request: HttpRequest,
    day: QueryDay | None = query(None, description="Today if it is left out."),
    store_id: PathId | None = query(None, description="All stores if it is left out."),
) -> TillsOfDay:
    """Read what each till took on a day by each way to pay, and what rounding in cash came to."""
    user = bearer(request)
    on, store = _day_and_store(user, day, store_id)
    return TillsOfDay(
        day=on, items=[TakingsOfTill.model_validate(own) for own in tills_of_day(on, store, among=user.own_store_ids)]
    )


def _day_and_store(user: User, day: date | None, store_id: int | None) -> tuple[date, Store | None]:
    store = own_stores(user).filter(pk=store_id).first() if store_id is not None else None
    if store_id is not None and store is None:
        raise invalid("There is no such store.", "store_id")
    on = day or business_day(now(), store.zone if store else the_shop().zone)
    if not 1990 <= on.year <= 2100:
        raise invalid("Name a day that is nearer to today.", "day")
    return on, store


@routes.get("/figures/offers", SEE, list[OfferFigureGiven])
def get_offer_figures(
    request: HttpRequest,
    since: QueryDay = query(..., description="The first business day."),
    until: QueryDay = query(..., description="The last business day."),
) -> list[OfferFigureGiven]:
    """Read how often each offer was had in some days, and what it took off."""
    if not since <= until:
        raise invalid("The last day lies before the first.", "until")
    found = offer_figures(since, until, among=bearer(request).own_store_ids)
    return [OfferFigureGiven.model_validate(one) for one in found]


@routes.get("/figures/members", SEE, list[BasketsGiven])
def get_member_baskets(
    request: HttpRequest,
    since: QueryDay = query(..., description="The first business day."),
    until: QueryDay = query(..., description="The last business day."),
    store_id: PathId | None = query(None, description="All stores if it is left out."),
) -> list[BasketsGiven]:
    """Read how members bought beside others, month by month. Who becomes a member bought differently before already."""
    if not since <= until:
        raise invalid("The last day lies before the first.", "until")
    user = bearer(request)
    if store_id is not None and not own_stores(user).filter(pk=store_id).exists():
        raise invalid("There is no such store.", "store_id")
    found = member_baskets(since, until, store=store_id, among=user.own_store_ids)
    return [BasketsGiven.model_validate(one) for one in found]

"""What earns nothing in a programme, and what other currencies are worth in it, as machines read and set them."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Currency, Day, Given, Id, Minor, PathId, Sent
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, versioned
from stamkunde.loyalty import actions
from stamkunde.loyalty.access import MANAGE, SEE, programme_for
from stamkunde.loyalty.actions.earning import MOST_EXCLUSIONS, MOST_RATES, RateValues
from stamkunde.loyalty.models import Programme
from stamkunde.loyalty.queries.earning import excluded, rates

routes = Routes("What earns points", "What earns nothing in a programme, and what other currencies are worth in it.")
Numbers = Annotated[list[Id], Field(max_length=MOST_EXCLUSIONS)]


class PointsExclusionsGiven(Given):
    """What earns no points; the version is the programme's own."""

    categories: list[int] = Field(description="Categories, each with all that lies in it.")
    products: list[int]
    version: int


class PointsExclusionsSent(Sent):
    """All that is to earn no points: what is not named earns again."""

    categories: Numbers = []
    products: Numbers = []


class PointsRateGiven(Given):
    """What a currency is worth from a day on."""

    currency: str = Field(examples=["EUR"])
    valid_from: date
    amount: int = Field(description="So many minor units of the currency …", examples=[10_000])
    worth: int = Field(description="… are worth so many of the programme's own.", examples=[114_575])


class PointsRatesGiven(Given):
    """The rates of all currencies, the latest of each first; the version is the programme's own."""

    rates: list[PointsRateGiven]
    version: int


class PointsRateSent(Sent):
    """What a currency is to be worth from a day on."""

    currency: Currency = Field(examples=["EUR"])
    valid_from: Day
    amount: Minor = Field(examples=[10_000])
    worth: Minor = Field(examples=[114_575])


class PointsRatesSent(Sent):
    """All rates that are to hold: what is not named is removed."""

    rates: Annotated[list[PointsRateSent], Field(max_length=MOST_RATES)]


@routes.get("/programmes/{programme_id}/exclusions", SEE, PointsExclusionsGiven)
def get_points_exclusions(request: HttpRequest, programme_id: PathId) -> PointsExclusionsGiven:
    """Read which products and categories earn no points."""
    return _exclusions(request, programme_for(bearer(request), programme_id))


@routes.put("/programmes/{programme_id}/exclusions", MANAGE, PointsExclusionsGiven)
def set_points_exclusions(
    request: HttpRequest, programme_id: PathId, sent: PointsExclusionsSent
) -> PointsExclusionsGiven:
    """Say which products and categories earn no points from now on; what was earned stays."""
    user = bearer(request)
    programme = programme_for(user, programme_id)
    changed = actions.set_exclusions(
        programme,
        products=sent.products,
        categories=sent.categories,
        version=seen_version(request, programme.version),
        by=user.actor,
    )
    return _exclusions(request, changed)


@routes.get("/programmes/{programme_id}/rates", SEE, PointsRatesGiven)
def get_points_rates(request: HttpRequest, programme_id: PathId) -> PointsRatesGiven:
    """Read what other currencies are worth; purchases in a currency without a rate earn nothing."""
    return _rates(request, programme_for(bearer(request), programme_id))


@routes.put("/programmes/{programme_id}/rates", MANAGE, PointsRatesGiven)
def set_points_rates(request: HttpRequest, programme_id: PathId, sent: PointsRatesSent) -> PointsRatesGiven:
    """Say what other currencies are worth, each from a day on; what was earned stays as it was converted."""
    user = bearer(request)
    programme = programme_for(user, programme_id)
    said = [RateValues(one.currency, one.valid_from, one.worth, one.amount) for one in sent.rates]
    changed = actions.set_rates(programme, said, version=seen_version(request, programme.version), by=user.actor)
    return _rates(request, changed)


def _exclusions(request: HttpRequest, programme: Programme) -> PointsExclusionsGiven:
    versioned(request, programme.version)
    found = excluded(programme)
    return PointsExclusionsGiven(categories=found["categories"], products=found["products"], version=programme.version)


def _rates(request: HttpRequest, programme: Programme) -> PointsRatesGiven:
    versioned(request, programme.version)
    return PointsRatesGiven(
        rates=[PointsRateGiven.model_validate(row) for row in rates(programme)], version=programme.version
    )

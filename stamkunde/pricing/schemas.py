"""The data of offers: what is kept in their columns, checked when written and read again as the evaluator's values.

Times are those on the wall of a store and carry no zone, so that nobody's browser can move them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, TypeAdapter, ValidationError

from stamkunde.pricing.evaluator.benefit import Benefit
from stamkunde.pricing.evaluator.values import Audience, AudienceKind, Layer, Offer, Scope, Stacking
from stamkunde.pricing.offers import OFFERS
from stamkunde.pricing.refusals import PricingRefused

KINDS: dict[str, type[Benefit]] = {kind.kind: kind for kind in OFFERS}
_ADAPTERS: dict[str, TypeAdapter[Benefit]] = {name: TypeAdapter(kind) for name, kind in KINDS.items()}

_Id = Annotated[int, Strict(), Field(ge=1, le=2**63 - 1)]
_Minor = Annotated[int, Strict(), Field(ge=0, le=9_000_000_000_000_000)]
_Count = Annotated[int, Strict(), Field(ge=1, le=1_000_000_000)]


def _written(value: Any) -> Any:
    """Take times as they are written only: a bare number could be seconds, milliseconds or a slip."""
    if not isinstance(value, str | datetime | time) or (isinstance(value, str) and ":" not in value):
        raise ValueError("Write this as text, such as 2026-05-17T12:30:00.")
    return value


_Wall = Annotated[datetime, BeforeValidator(_written)]
_TimeOfDay = Annotated[time, BeforeValidator(_written)]


class OfferScope(BaseModel):
    """Which products: all, unless some or some categories are named; less those left out."""

    model_config = ConfigDict(extra="forbid")

    products: list[_Id] = Field(default_factory=list, max_length=5_000)
    categories: list[_Id] = Field(default_factory=list, max_length=500)
    without_products: list[_Id] = Field(default_factory=list, max_length=5_000)
    without_categories: list[_Id] = Field(default_factory=list, max_length=500)

    def as_scope(self) -> Scope:
        return Scope(**{name: frozenset(value) for name, value in self.model_dump().items()})


class OfferConditions(BaseModel):
    """Where and when it holds, what the basket must come to, for whom, and how often it may be used.

    Around a birthday it may be used once, unless `most_per_customer` says how often.
    """

    model_config = ConfigDict(extra="forbid")

    starts: Annotated[_Wall | None, Field(examples=["2026-05-17T09:00:00"])] = None
    ends: Annotated[_Wall | None, Field(examples=["2026-05-31T23:59:59"])] = None
    weekdays: list[Annotated[int, Strict(), Field(ge=0, le=6)]] = Field(default_factory=list, max_length=7)
    hours_from: Annotated[_TimeOfDay | None, Field(examples=["16:00:00"])] = None
    hours_to: Annotated[_TimeOfDay | None, Field(examples=["18:00:00"])] = None
    stores: list[_Id] = Field(default_factory=list, max_length=1_000)
    channels: list[Literal["shop", "phone", "web"]] = Field(default_factory=list, max_length=3)
    minimum: _Minor = 0
    minimum_units: Annotated[int, Strict(), Field(ge=0, le=1_000)] = 0
    most_uses: _Count | None = None
    budget: Annotated[int, Strict(), Field(ge=1, le=9_000_000_000_000_000)] | None = None
    most_per_customer: _Count | None = None
    first_purchase: bool = False
    birthday_before: Annotated[int, Strict(), Field(ge=0, le=60)] | None = None
    birthday_after: Annotated[int, Strict(), Field(ge=0, le=60)] | None = None
    needs_code: bool = False

    @property
    def birthday(self) -> tuple[int, int] | None:
        """How many days before and after a birthday it holds; either of them asks for one."""
        if self.birthday_before is None and self.birthday_after is None:
            return None
        return self.birthday_before or 0, self.birthday_after or 0

    def is_limited(self) -> bool:
        return self.most_uses is not None or self.budget is not None


@dataclass(frozen=True, kw_only=True)
class OfferValues:
    """What is said of an offer when it is written or changed; `owners` are the customers whose own it is."""

    name: str
    kind: str
    benefit: Mapping[str, Any]
    layer: str = Layer.LINE
    scope: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    audience: str = AudienceKind.ALL
    audience_of: str = ""
    currency: str = ""
    stacking: str = Stacking.WITH_ALL
    group: str = ""
    priority: int = 0
    owners: tuple[int, ...] = ()


def benefit_of(kind: str, data: Mapping[str, Any]) -> Benefit:
    """Return the benefit, or refuse what its kind cannot be."""
    if kind not in KINDS:
        raise PricingRefused(_("Choose one of the kinds of offers."), "kind")
    try:
        benefit = _ADAPTERS[kind].validate_json(json.dumps(data), strict=True)
    except (ValidationError, TypeError) as error:
        raise _refused(error, "benefit") from error
    mistake = benefit.mistake()
    if mistake:
        raise PricingRefused(mistake, "benefit")
    return benefit


def scope_of(data: Mapping[str, Any]) -> OfferScope:
    found: OfferScope = _read(OfferScope, data, "scope")
    return found


def conditions_of(data: Mapping[str, Any]) -> OfferConditions:
    found: OfferConditions = _read(OfferConditions, data, "conditions")
    return found


def evaluated(values: OfferValues, *, number: int = 0, uses: int = 0, spent: int = 0) -> Offer:
    """Return an offer as the evaluator takes it; refuses data that is none."""
    conditions = conditions_of(values.conditions)
    hours = None
    if conditions.hours_from is not None and conditions.hours_to is not None:
        hours = (conditions.hours_from, conditions.hours_to)
    return Offer(
        id=number,
        name=values.name,
        benefit=benefit_of(values.kind, values.benefit),
        layer=Layer(values.layer),
        scope=scope_of(values.scope).as_scope(),
        audience=Audience(AudienceKind(values.audience), values.audience_of),
        starts=conditions.starts,
        ends=conditions.ends,
        weekdays=frozenset(conditions.weekdays),
        hours=hours,
        stores=frozenset(conditions.stores),
        channels=frozenset(conditions.channels),
        currency=values.currency,
        minimum=conditions.minimum,
        minimum_units=conditions.minimum_units,
        stacking=Stacking(values.stacking),
        group=values.group,
        priority=values.priority,
        most_uses=conditions.most_uses,
        uses=uses,
        budget=conditions.budget,
        spent=spent,
        most_per_customer=conditions.most_per_customer or (1 if conditions.birthday is not None else None),
        first_purchase=conditions.first_purchase,
        birthday=conditions.birthday,
        needs_code=conditions.needs_code,
    )


def plain_benefit(benefit: Benefit) -> dict[str, Any]:
    """Return a benefit as its column keeps it, the same for the same one."""
    return _sorted(_ADAPTERS[benefit.kind].dump_python(benefit, mode="json"))  # type: ignore[no-any-return]


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(one) for name, one in value.items()}
    if isinstance(value, list):
        several = [_sorted(one) for one in value]
        return sorted(several) if all(isinstance(one, int) for one in several) else several
    return value


def _read(model: Any, data: Mapping[str, Any], field_name: str) -> Any:
    try:
        return model.model_validate_json(json.dumps(data, default=str))
    except (ValidationError, TypeError) as error:
        raise _refused(error, field_name) from error


def _refused(error: Exception, field_name: str) -> PricingRefused:
    named = field_name
    if isinstance(error, ValidationError) and error.errors():
        named = ".".join([field_name, *(str(part) for part in error.errors()[0]["loc"])])
    return PricingRefused(_("Something here is missing, too large or not of its kind. Look at it once more."), named)

"""The types of what a machine sends and is sent: strict, bounded, and without what no database can hold."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from annotated_types import Ge, Le
from ninja.params import functions as param_functions
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints

LARGEST_ID = 2**63 - 1
# PostgreSQL keeps no NUL, and no database keeps half of a pair of surrogates; pydantic refuses the latter by itself.
WITHOUT_NUL = r"^[^\x00]*$"
_MOST_DIGITS = 19
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:")


class Sent(BaseModel):
    """What a machine sends: a field that is not declared is refused, never dropped."""

    model_config = ConfigDict(extra="forbid")


class Given(BaseModel):
    """What a machine is given."""

    model_config = ConfigDict(from_attributes=True)


def _plain_number(value: Any) -> Any:
    """Let through what is written as whole numbers are: neither "5.0" nor "1_000" nor "+5"."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS):
            raise ValueError("This is not a whole number above zero.")
        return int(value)
    return value


def _with_zone(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("Write the moment with its zone, such as 2026-05-17T12:30:00+02:00 or …Z.")
    return value


def _written_day(value: Any) -> Any:
    """Take days as they are written only: a bare number, in quotes or not, could be seconds, milliseconds or a slip."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("Write the day as 2026-05-17.")
    if not isinstance(value, str | date):
        raise ValueError("Write this as text.")
    return value


def _written_moment(value: Any) -> Any:
    if isinstance(value, str) and not _MOMENT.match(value):
        raise ValueError("Write the moment as 2026-05-17T12:30:00+02:00.")
    if not isinstance(value, str | datetime):
        raise ValueError("Write this as text.")
    return value


def _written_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("Write this as a number, or as text with digits.")
    return value


def _written_flag(value: Any) -> Any:
    if isinstance(value, str):
        if value not in {"true", "false"}:
            raise ValueError("Write true or false.")
        return value == "true"
    return value


Text = Annotated[str, StringConstraints(strict=True, pattern=WITHOUT_NUL, max_length=20_000)]
Line = Annotated[str, StringConstraints(strict=True, pattern=WITHOUT_NUL, max_length=500)]
Word = Annotated[str, StringConstraints(strict=True, pattern=WITHOUT_NUL, max_length=60)]
Key = Annotated[str, StringConstraints(strict=True, pattern=r"^[\x21-\x7e]+$", min_length=1, max_length=255)]
Flag = Annotated[bool, Strict()]
Id = Annotated[int, Strict(), Field(ge=1, le=LARGEST_ID)]
Count = Annotated[int, Strict(), Field(ge=0, le=LARGEST_ID)]
Month = Annotated[int, Strict(), Field(ge=1, le=12)]
Version = Annotated[int, Strict(), Field(ge=0, le=2**31 - 1)]
Minor = Annotated[
    int,
    Strict(),
    Field(ge=0, le=9_000_000_000_000_000, description="In minor units of the currency: 12900 is NOK 129.00."),
]
Currency = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{3}$")]
Day = Annotated[date, BeforeValidator(_written_day)]
Moment = Annotated[datetime, BeforeValidator(_written_moment), AfterValidator(_with_zone)]
Quantity = Annotated[
    Decimal,
    BeforeValidator(_written_number),
    Field(gt=0, le=1_000_000, max_digits=14, decimal_places=3, examples=["1", "0.350"]),
]
# In an address everything is text, so numbers and flags are read from it.
PathId = Annotated[int, BeforeValidator(_plain_number), Field(ge=1, le=LARGEST_ID)]
QueryText = Annotated[str, StringConstraints(pattern=WITHOUT_NUL, max_length=200)]
QueryWord = Annotated[str, StringConstraints(pattern=WITHOUT_NUL, max_length=60)]
QueryFlag = Annotated[bool, BeforeValidator(_written_flag)]
QueryDay = Annotated[date, BeforeValidator(_written_day)]
QueryMoment = Annotated[datetime, BeforeValidator(_written_moment), AfterValidator(_with_zone)]
Limit = Annotated[int, BeforeValidator(_plain_number), Ge(1), Le(200)]
Mark = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=-]*$", max_length=1_500)]


def query(default: Any, **more: Any) -> Any:
    """Say that a parameter stands in the address; ``...`` where it must."""
    return param_functions.Query(default, **more)


class Amount(Given):
    """An amount of money."""

    amount: int = Field(description="In minor units of the currency: 12900 is NOK 129.00.", examples=[12900])
    currency: str = Field(description="The three letters of ISO 4217.", examples=["NOK"])


class Price(Sent):
    """An amount of money, as it is sent."""

    amount: Minor = Field(description="In minor units of the currency: 12900 is NOK 129.00.", examples=[12900])
    currency: Currency = Field(description="The three letters of ISO 4217.", examples=["NOK"])

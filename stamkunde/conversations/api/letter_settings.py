"""How letters look and what postage costs, as machines set it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Country
from stamkunde.conversations.access import MANAGE
from stamkunde.conversations.actions.letter_settings import (
    LARGEST_LOGO,
    LetterheadValues,
    PostageValues,
    add_postage,
    change_postage,
    remove_postage,
    set_letterhead,
    set_logo,
)
from stamkunde.conversations.letter_files import test_sheet_of
from stamkunde.conversations.letter_papers import letterhead_of
from stamkunde.conversations.models import Letterhead, Postage, PostalZone
from stamkunde.conversations.paper.windows import Window
from stamkunde.kit.api.fields import Currency, Flag, Given, Line, PathId, QueryWord, Sent, Text, query
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, versioned

routes = Routes("How letters look", "Letterheads, the envelopes that letters go into, and what postage costs.")
WHICH = "Which country: NO, SE, LV, or EU for any other."


class LetterheadGiven(Given):
    """How letters from a country look; version 0 where it is only what is usual there."""

    country: str = Field(examples=["NO"])
    window: Window
    shift_right: int = Field(description="In millimetres; negative to the left.")
    shift_down: int
    has_fold_marks: bool
    name: str = Field(description="Empty where it is the name of the shop.")
    lines: str
    signature: str
    has_logo: bool
    version: int


class LetterheadSent(Sent):
    country: Country
    window: Window
    shift_right: int = Field(0, strict=True, ge=-25, le=25)
    shift_down: int = Field(0, strict=True, ge=-25, le=25)
    has_fold_marks: Flag = True
    name: Line = Field("", max_length=120)
    lines: Text = Field("", max_length=500)
    signature: Text = Field("", max_length=300)


class PostageGiven(Given):
    """What a letter up to a weight costs, in minor units of the currency."""

    id: int
    country: str = Field(examples=["NO"])
    zone: PostalZone
    up_to_grams: int
    price: int
    currency: str
    version: int


class PostageSent(Sent):
    country: Country
    zone: PostalZone
    up_to_grams: int = Field(strict=True, ge=1, le=5_000)
    price: int = Field(strict=True, ge=0, le=1_000_000, examples=[2500])
    currency: Currency = Field(examples=["NOK"])


class PostageList(Given):
    items: list[PostageGiven]


class LetterheadList(Given):
    items: list[LetterheadGiven]


@routes.get("/letterheads", MANAGE, LetterheadList)
def list_letterheads(request: HttpRequest) -> LetterheadList:
    """List how letters look from each country that the shop can stand in."""
    return LetterheadList(items=[_letterhead(letterhead_of(country)) for country in Country.values])


@routes.put("/letterheads", MANAGE, LetterheadGiven)
def set_letterhead_(request: HttpRequest, sent: LetterheadSent) -> LetterheadGiven:
    """Say how the letters from a country look."""
    there = letterhead_of(sent.country)
    seen = seen_version(request, there.version if there.pk else 0)
    values = LetterheadValues(**sent.model_dump(exclude={"country"}))
    row = set_letterhead(sent.country, values, version=seen, by=bearer(request).actor)
    versioned(request, row.version)
    return _letterhead(row)


@routes.post("/letterhead-logos", MANAGE, LetterheadGiven, 200, takes_file=True)
def set_letterhead_logo(
    request: HttpRequest, country: QueryWord = query(..., description=WHICH, examples=["NO"])
) -> LetterheadGiven:
    """Put a picture above the name.

    The body is the picture itself, in PNG or JPEG, of two megabytes at most; without a body it is taken away.
    """
    content = request.read(LARGEST_LOGO + 1)
    return _letterhead(set_logo(_country(country), content, by=bearer(request).actor))


@routes.get("/letterhead-tests", MANAGE, bytes, gives_file=True)
def get_letterhead_test(
    request: HttpRequest, country: QueryWord = query(..., description=WHICH, examples=["NO"])
) -> HttpResponseBase:
    """Fetch a sheet to be folded into an envelope, by which the address is shifted until it shows."""
    response = HttpResponse(test_sheet_of(_country(country)), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="test.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@routes.get("/postage", MANAGE, PostageList)
def list_postage(request: HttpRequest) -> PostageList:
    """List what letters cost."""
    return PostageList(items=[PostageGiven.model_validate(row) for row in Postage.objects.all()])


@routes.post("/postage", MANAGE, PostageGiven)
def add_postage_(request: HttpRequest, sent: PostageSent) -> PostageGiven:
    """Say what letters up to a weight cost."""
    row = add_postage(PostageValues(**sent.model_dump()), by=bearer(request).actor)
    versioned(request, row.version)
    return PostageGiven.model_validate(row)


@routes.put("/postage/{postage_id}", MANAGE, PostageGiven)
def change_postage_(request: HttpRequest, postage_id: PathId, sent: PostageSent) -> PostageGiven:
    """Change what letters up to a weight cost; those that were posted keep what they cost."""
    row = _postage(postage_id)
    seen = seen_version(request, row.version)
    row = change_postage(row, PostageValues(**sent.model_dump()), version=seen, by=bearer(request).actor)
    versioned(request, row.version)
    return PostageGiven.model_validate(row)


@routes.remove("/postage/{postage_id}", MANAGE)
def remove_postage_(request: HttpRequest, postage_id: PathId) -> None:
    """Take a price out of the list."""
    remove_postage(_postage(postage_id), by=bearer(request).actor)


def _country(written: str) -> str:
    if written not in Country:
        raise invalid(WHICH, "country")
    return written


def _postage(postage_id: int) -> Postage:
    row = Postage.objects.filter(pk=postage_id).first()
    if row is None:
        raise Http404
    return row


def _letterhead(row: Letterhead) -> LetterheadGiven:
    return LetterheadGiven(
        country=row.country,
        window=Window(row.window),
        shift_right=row.shift_right,
        shift_down=row.shift_down,
        has_fold_marks=row.has_fold_marks,
        name=row.name,
        lines=row.lines,
        signature=row.signature,
        has_logo=bool(row.logo_digest),
        version=row.version if row.pk else 0,
    )

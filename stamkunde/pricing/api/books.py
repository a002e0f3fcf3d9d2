"""Price books, as machines read and keep them."""

from datetime import datetime

from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Currency, Given, Id, Limit, Line, Mark, Minor, Moment, PathId, Sent, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.paging import Order, page
from stamkunde.pricing import actions
from stamkunde.pricing.access import CHANGE, SEE, book_for, visible_books
from stamkunde.pricing.api import refusals  # noqa: F401 - says how this module's refusals are told
from stamkunde.pricing.models import ForWhom, PriceBook, PriceBookVersion, PriceRow

routes = Routes("Price books", "Prices for members, employees, or everybody for a time.")
NEWEST = Order("id")
MOST_SENT = 10_000


class PriceBookRow(Given):
    """A price book as a list gives it."""

    id: int
    name: str = Field(examples=["Members"])
    audience: ForWhom
    audience_of: str
    currency: str = Field(examples=["NOK"])
    stores: list[int] = Field(description="The stores it holds in; in all that sell in its currency if there are none.")


class VersionGiven(Given):
    """The prices of a book from a moment on."""

    number: int
    valid_from: datetime
    valid_to: datetime | None
    published_at: datetime
    published_by: str


class PriceBookGiven(PriceBookRow):
    """A price book with its versions, coming ones first."""

    versions: list[VersionGiven]


class PriceBookSent(Sent):
    name: Line = Field(examples=["Members"])
    audience: ForWhom = ForWhom.MEMBERS
    audience_of: Word = ""
    currency: Currency = Field(examples=["NOK"])
    stores: list[Id] = Field(default_factory=list, max_length=1_000)


class BookPriceSent(Sent):
    """What a product costs in the book."""

    product_id: Id
    amount: Minor
    before: Minor | None = Field(None, description="The earlier price that its sign names.", examples=[None])


class PricesSent(Sent):
    """All prices of the new version; what is not named is not in it."""

    prices: list[BookPriceSent] = Field(max_length=MOST_SENT)
    valid_from: Moment | None = Field(None, description="Now if it is left out; never in the past.")
    valid_to: Moment | None = None


class BookPriceGiven(Given):
    id: int
    product_id: int
    amount: int
    before: int | None


@routes.get("/price-books", SEE, Listed[PriceBookRow])
def list_price_books(request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)) -> Listed[PriceBookRow]:
    """List price books, the newest first."""
    rows = page(visible_books(bearer(request)), NEWEST, mark=mark, size=limit)
    return Listed[PriceBookRow](items=[PriceBookRow.model_validate(row) for row in rows.rows], **marks_of(rows))


@routes.post("/price-books", CHANGE, PriceBookGiven)
def add_price_book_(request: HttpRequest, sent: PriceBookSent) -> PriceBookGiven:
    """Add a price book; it holds nothing until prices are published in it."""
    return _given(actions.add_price_book(**sent.model_dump(), by=bearer(request).actor))


@routes.get("/price-books/{book_id}", SEE, PriceBookGiven)
def get_price_book(request: HttpRequest, book_id: PathId) -> PriceBookGiven:
    """Read a price book with its versions."""
    return _given(book_for(bearer(request), book_id))


@routes.get("/price-books/{book_id}/versions/{number}/prices", SEE, Listed[BookPriceGiven])
def list_book_prices(
    request: HttpRequest, book_id: PathId, number: PathId, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[BookPriceGiven]:
    """List the prices of a version."""
    book = book_for(bearer(request), book_id)
    version = PriceBookVersion.objects.filter(book=book, number=number).first()
    if version is None:
        raise Http404
    rows = page(PriceRow.objects.filter(version=version), NEWEST, mark=mark, size=limit)
    return Listed[BookPriceGiven](items=[BookPriceGiven.model_validate(row) for row in rows.rows], **marks_of(rows))


@routes.post("/price-books/{book_id}/versions", CHANGE, VersionGiven)
def publish_prices_(request: HttpRequest, book_id: PathId, sent: PricesSent) -> VersionGiven:
    """Publish the prices of a book anew, from a moment on; what held before stays known."""
    user = bearer(request)
    prices = [actions.PriceSaid(**own.model_dump()) for own in sent.prices]
    version = actions.publish_prices(
        book_for(user, book_id), prices, valid_from=sent.valid_from, valid_to=sent.valid_to, by=user.actor
    )
    return VersionGiven.model_validate(version)


@routes.remove("/price-books/{book_id}/versions/{number}", CHANGE)
def withdraw_coming_prices_(request: HttpRequest, book_id: PathId, number: PathId) -> None:
    """Take back prices that have not begun; those that have begun are history and stay."""
    user = bearer(request)
    book = book_for(user, book_id)
    if not PriceBookVersion.objects.filter(book=book, number=number).exists():
        raise Http404
    actions.withdraw_coming_prices(book, number, by=user.actor)


def _given(book: PriceBook) -> PriceBookGiven:
    return PriceBookGiven(
        **PriceBookRow.model_validate(book).model_dump(),
        versions=[VersionGiven.model_validate(version) for version in book.versions.all()[:200]],
    )

"""The business, its stores and its tills, as machines read and keep them."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.access import MANAGE_SHOP
from stamkunde.accounts.actions.shop import add_store, add_till, change_shop, change_store, change_till
from stamkunde.accounts.api.parts import known_store
from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import CashRounding, Country, KeptDiscount, Language, Store, Till
from stamkunde.accounts.queries import the_shop, the_shop_anew
from stamkunde.kit.api.fields import Count, Currency, Flag, Given, Id, Line, Month, PathId, Sent, Word
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import ANY_TOKEN, Routes

routes = Routes("Shop", "The business, its stores and its tills.")


class ShopGiven(Given):
    """The business itself."""

    name: str
    country: Country
    currency: str = Field(examples=["NOK"])
    language: Language
    zone: str = Field(examples=["Europe/Oslo"])
    fiscal_year_begins: int = Field(description="The month, 1 to 12, whose first day opens the fiscal year.")
    cash_rounding: CashRounding = Field(
        description="To what is rounded that is paid in cash, at the stores with the shop's currency. What is usual is "
        "1.00 for NOK and SEK, 0.50 for DKK, 0.05 for EUR in Finland, Estonia and Lithuania, and else nothing."
    )
    till_idle_minutes: int = Field(description="After how long at rest a session at a till ends.")
    counter_blanks_after: int = Field(description="After how many seconds at rest the counter hides who is served.")
    most_discount: int = Field(description="So many percent may be taken off without `sales.set_price`.")
    kept_discount: KeptDiscount = Field(
        description="Whether a discount on what is kept stays when a part comes back, or is worked out anew."
    )
    quote_minutes: int = Field(description="For how many minutes a basket can be bought at the price it was quoted.")
    offline_hours: int = Field(description="For how many hours a till keeps recent customers for when it is offline.")
    offline_clock_minutes: int = Field(
        description="From how many minutes on a till's clock is taken for wrong when it sends what it sold offline."
    )
    seller_address: str = Field(description="As receipts and invoices show it.", examples=["Storgata 1, 0155 Oslo"])
    organisation_number: str = Field(examples=["912 345 678 MVA"])
    bank_account: str = Field(description="To which invoices are paid.", examples=["1234 56 78903"])
    invoice_days: int = Field(description="So many days after the purchase an invoice is to be paid.", examples=[14])


class ShopSent(Sent):
    name: Line = Field(examples=["Nordlys tea"], min_length=1)
    country: Country
    currency: Currency = Field(examples=["NOK"])
    language: Language
    zone: Line = Field(examples=["Europe/Oslo"])
    fiscal_year_begins: Month | None = Field(None, description="It stays as it is if left out.")
    cash_rounding: CashRounding | None = Field(None, description="It stays as it is if left out.")
    till_idle_minutes: Count | None = Field(None, le=32_000, description="It stays as it is if left out.")
    counter_blanks_after: Count | None = Field(None, le=32_000, description="It stays as it is if left out.")
    most_discount: Count | None = Field(None, le=100, description="In percent. It stays as it is if left out.")
    kept_discount: KeptDiscount | None = Field(None, description="It stays as it is if left out.")
    quote_minutes: Count | None = Field(None, ge=1, le=1_440, description="It stays as it is if left out.")
    offline_hours: Count | None = Field(None, le=24, description="It stays as it is if left out.")
    offline_clock_minutes: Count | None = Field(None, ge=1, le=1_440, description="It stays as it is if left out.")
    seller_address: Annotated[Line, Field(max_length=200)] | None = Field(None, description="It stays if left out.")
    organisation_number: Annotated[Line, Field(max_length=40)] | None = Field(None, description="It stays if left out.")
    bank_account: Annotated[Line, Field(max_length=60)] | None = Field(None, description="It stays if left out.")
    invoice_days: Count | None = Field(None, le=120, description="It stays as it is if left out.")


class StoreGiven(Given):
    """A place, or the web shop, where customers are served."""

    id: int
    name: str = Field(examples=["Majorstuen"])
    country: Country
    currency: str = Field(examples=["NOK"])
    zone: str = Field(examples=["Europe/Oslo"])
    is_open: bool = Field(description="It is in use.")
    offline_limit: int = Field(
        description="So much of a receipt may be paid with points or taken off by codes while a till is offline, in "
        "minor units of the store's currency.",
        examples=[0],
    )


class StoreSent(Sent):
    name: Line = Field(examples=["Majorstuen"], min_length=1)
    country: Country
    currency: Currency = Field(examples=["NOK"])
    zone: Line = Field(examples=["Europe/Oslo"])
    is_open: Flag = True
    offline_limit: Count | None = Field(None, le=100_000_000, description="It stays as it is if left out.")


class TillGiven(Given):
    """A till of a store; receipt numbers are counted by it."""

    id: int
    store_id: int
    name: str = Field(examples=["Till 1"])
    is_open: bool


class TillSent(Sent):
    store_id: Id
    name: Word = Field(examples=["Till 1"], min_length=1)
    is_open: Flag = True


class Stores(Given):
    items: list[StoreGiven]


class Tills(Given):
    items: list[TillGiven]


@routes.get("/shop", ANY_TOKEN, ShopGiven)
def get_shop(request: HttpRequest) -> ShopGiven:
    """Read the shop's name, country, currency, language and clock."""
    return ShopGiven.model_validate(the_shop())


@routes.put("/shop", MANAGE_SHOP, ShopGiven)
def change_shop_(request: HttpRequest, sent: ShopSent) -> ShopGiven:
    """Change the shop's name, country, currency, language and clock."""
    shop = _filled(the_shop_anew(), sent)
    return ShopGiven.model_validate(change_shop(shop, by=bearer(request).actor))


@routes.get("/stores", ANY_TOKEN, Stores)
def list_stores(request: HttpRequest) -> Stores:
    """List the stores, those no longer in use among them."""
    return Stores(items=[StoreGiven.model_validate(store) for store in Store.objects.all()])


@routes.post("/stores", MANAGE_SHOP, StoreGiven)
def add_store_(request: HttpRequest, sent: StoreSent) -> StoreGiven:
    """Add a store."""
    return StoreGiven.model_validate(add_store(_filled(Store(), sent), by=bearer(request).actor))


@routes.put("/stores/{store_id}", MANAGE_SHOP, StoreGiven)
def change_store_(request: HttpRequest, store_id: PathId, sent: StoreSent) -> StoreGiven:
    """Change a store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        raise Http404
    return StoreGiven.model_validate(change_store(_filled(store, sent), by=bearer(request).actor))


@routes.get("/tills", ANY_TOKEN, Tills)
def list_tills(request: HttpRequest) -> Tills:
    """List the tills of all stores."""
    return Tills(items=[TillGiven.model_validate(till) for till in Till.objects.select_related("store")])


@routes.post("/tills", MANAGE_SHOP, TillGiven)
def add_till_(request: HttpRequest, sent: TillSent) -> TillGiven:
    """Add a till to a store."""
    known_store(sent.store_id)
    return TillGiven.model_validate(add_till(_filled(Till(), sent), by=bearer(request).actor))


@routes.put("/tills/{till_id}", MANAGE_SHOP, TillGiven)
def change_till_(request: HttpRequest, till_id: PathId, sent: TillSent) -> TillGiven:
    """Change a till; it stays in its store, for its receipts were written there."""
    till = Till.objects.select_related("store").filter(pk=till_id).first()
    if till is None:
        raise Http404
    if sent.store_id != till.store_id:
        raise invalid("A till stays in its store.", "store_id")
    return TillGiven.model_validate(change_till(_filled(till, sent), by=bearer(request).actor))


def _filled(row: Any, sent: Sent) -> Any:
    """Put what was sent into a row, and let the row say what of it cannot be."""
    for name, value in sent.model_dump(exclude_none=True).items():
        setattr(row, name, value)
    row.full_clean()
    return row

"""The shop, its stores and tills, and its staff, as machines read and keep them."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.access import MANAGE_SHOP, MANAGE_STAFF
from stamkunde.accounts.actions.shop import add_store, add_till, change_shop, change_store, change_till
from stamkunde.accounts.actions.staff import (
    StaffRefused,
    add_staff,
    change_staff,
    deactivate_staff,
    give_new_password,
    reactivate_staff,
)
from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Country, Language, Store, Till, User
from stamkunde.accounts.queries import the_shop, the_shop_anew
from stamkunde.accounts.roles import Role
from stamkunde.kit.api.fields import Currency, Flag, Given, Id, Line, PathId, Sent, Word
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import ANY_TOKEN, Routes

places = Routes("Shop", "The business, its stores and its tills.")
people = Routes("Staff", "Who works here, in which role, and who may no longer sign in.")

ROUTES = (places, people)


@said_as(StaffRefused)
def _refused(error: StaffRefused) -> Problem:
    return invalid(str(error))


class ShopGiven(Given):
    """The business itself."""

    name: str
    country: Country
    currency: str = Field(examples=["NOK"])
    language: Language
    zone: str = Field(examples=["Europe/Oslo"])


class ShopSent(Sent):
    name: Line = Field(examples=["Nordlys tea"], min_length=1)
    country: Country
    currency: Currency = Field(examples=["NOK"])
    language: Language
    zone: Line = Field(examples=["Europe/Oslo"])


class StoreGiven(Given):
    """A place, or the web shop, where customers are served."""

    id: int
    name: str = Field(examples=["Majorstuen"])
    country: Country
    currency: str = Field(examples=["NOK"])
    zone: str = Field(examples=["Europe/Oslo"])
    is_open: bool = Field(description="It is in use.")


class StoreSent(Sent):
    name: Line = Field(examples=["Majorstuen"], min_length=1)
    country: Country
    currency: Currency = Field(examples=["NOK"])
    zone: Line = Field(examples=["Europe/Oslo"])
    is_open: Flag = True


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


class StaffGiven(Given):
    """Somebody who works here."""

    id: int
    name: str
    email: str = Field(examples=["anna@example.org"])
    role: Role
    store_id: int | None
    is_active: bool = Field(description="She may sign in.")
    joined_at: datetime


class Staff(Given):
    items: list[StaffGiven]


class StaffSent(Sent):
    name: Line = Field(examples=["Anna Berg"], min_length=1)
    role: Role
    store_id: Id | None = Field(None, examples=[None])


class NewStaff(StaffSent):
    email: Line = Field(
        examples=["anna@example.org"], pattern=r"^[^\s@\x00]+@[^\s@\x00]+\.[^\s@\x00]+$", max_length=254
    )


class Password(Given):
    """A password to hand over; it must be changed at the first sign-in."""

    password: str


class Added(StaffGiven, Password):
    """Somebody new, and the password to hand over to them."""


@places.get("/shop", ANY_TOKEN, ShopGiven)
def get_shop(request: HttpRequest) -> ShopGiven:
    """Read the shop's name, country, currency, language and clock."""
    return ShopGiven.model_validate(the_shop())


@places.put("/shop", MANAGE_SHOP, ShopGiven)
def change_shop_(request: HttpRequest, sent: ShopSent) -> ShopGiven:
    """Change the shop's name, country, currency, language and clock."""
    shop = _filled(the_shop_anew(), sent)
    return ShopGiven.model_validate(change_shop(shop, by=bearer(request).actor))


@places.get("/stores", ANY_TOKEN, Stores)
def list_stores(request: HttpRequest) -> Stores:
    """List the stores, those no longer in use among them."""
    return Stores(items=[StoreGiven.model_validate(store) for store in Store.objects.all()])


@places.post("/stores", MANAGE_SHOP, StoreGiven)
def add_store_(request: HttpRequest, sent: StoreSent) -> StoreGiven:
    """Add a store."""
    return StoreGiven.model_validate(add_store(_filled(Store(), sent), by=bearer(request).actor))


@places.put("/stores/{store_id}", MANAGE_SHOP, StoreGiven)
def change_store_(request: HttpRequest, store_id: PathId, sent: StoreSent) -> StoreGiven:
    """Change a store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        raise Http404
    return StoreGiven.model_validate(change_store(_filled(store, sent), by=bearer(request).actor))


@places.get("/tills", ANY_TOKEN, Tills)
def list_tills(request: HttpRequest) -> Tills:
    """List the tills of all stores."""
    return Tills(items=[TillGiven.model_validate(till) for till in Till.objects.select_related("store")])


@places.post("/tills", MANAGE_SHOP, TillGiven)
def add_till_(request: HttpRequest, sent: TillSent) -> TillGiven:
    """Add a till to a store."""
    _known_store(sent.store_id)
    return TillGiven.model_validate(add_till(_filled(Till(), sent), by=bearer(request).actor))


@places.put("/tills/{till_id}", MANAGE_SHOP, TillGiven)
def change_till_(request: HttpRequest, till_id: PathId, sent: TillSent) -> TillGiven:
    """Change a till; it stays in its store, for its receipts were written there."""
    till = Till.objects.select_related("store").filter(pk=till_id).first()
    if till is None:
        raise Http404
    if sent.store_id != till.store_id:
        raise invalid("A till stays in its store.", "store_id")
    return TillGiven.model_validate(change_till(_filled(till, sent), by=bearer(request).actor))


@people.get("/staff", MANAGE_STAFF, Staff)
def list_staff(request: HttpRequest) -> Staff:
    """List all staff, those who may no longer sign in among them."""
    return Staff(items=[StaffGiven.model_validate(user) for user in User.objects.all()])


@people.post("/staff", MANAGE_STAFF, Added)
def add_staff_(request: HttpRequest, sent: NewStaff) -> Added:
    """Add somebody to the staff; the password is given once, to be handed over."""
    user, password = add_staff(
        email=sent.email,
        name=sent.name,
        role=sent.role,
        store=_known_store(sent.store_id),
        by=bearer(request).actor,
    )
    return Added(**StaffGiven.model_validate(user).model_dump(), password=password)


@people.put("/staff/{staff_id}", MANAGE_STAFF, StaffGiven)
def change_staff_(request: HttpRequest, staff_id: PathId, sent: StaffSent) -> StaffGiven:
    """Change somebody's name, role and store; the role holds from their very next request."""
    user = change_staff(
        _member(staff_id),
        name=sent.name,
        role=sent.role,
        store=_known_store(sent.store_id),
        by=bearer(request).actor,
    )
    return StaffGiven.model_validate(user)


@people.post("/staff/{staff_id}/deactivation", MANAGE_STAFF, StaffGiven, 200)
def deactivate_staff_(request: HttpRequest, staff_id: PathId) -> StaffGiven:
    """End somebody's access at once, and their tokens with it."""
    user = _member(staff_id)
    if user.pk == bearer(request).pk:
        raise PermissionDenied
    deactivate_staff(user, by=bearer(request).actor)
    return StaffGiven.model_validate(user)


@people.post("/staff/{staff_id}/reactivation", MANAGE_STAFF, StaffGiven, 200)
def reactivate_staff_(request: HttpRequest, staff_id: PathId) -> StaffGiven:
    """Let somebody sign in again."""
    user = _member(staff_id)
    reactivate_staff(user, by=bearer(request).actor)
    return StaffGiven.model_validate(user)


@people.post("/staff/{staff_id}/password", MANAGE_STAFF, Password)
def give_new_password_(request: HttpRequest, staff_id: PathId) -> Password:
    """Draw a new password for somebody; all their sessions end, and it must be changed at the next sign-in."""
    return Password(password=give_new_password(_member(staff_id), by=bearer(request).actor))


def _member(pk: int) -> User:
    user = User.objects.filter(pk=pk).first()
    if user is None:
        raise Http404
    return user


def _known_store(pk: int | None) -> Store | None:
    if pk is None:
        return None
    store = Store.objects.filter(pk=pk).first()
    if store is None:
        raise invalid("There is no such store.", "store_id")
    return store


def _filled(row: Any, sent: Sent) -> Any:
    """Put what was sent into a row, and let the row say what of it cannot be."""
    for name, value in sent.model_dump().items():
        setattr(row, name, value)
    row.full_clean()
    return row

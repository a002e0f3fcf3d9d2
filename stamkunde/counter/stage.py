"""The screen while one person is being served: who it is, what is in the basket, and what is being done."""

import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, pgettext

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.models import VatClass
from stamkunde.counter.access import basket_for
from stamkunde.counter.actions import name_customer
from stamkunde.counter.models import Basket
from stamkunde.counter.place import Place
from stamkunde.counter.queries.basket import last_receipt, saved_by_naming, shown_basket, waiting_baskets
from stamkunde.counter.queries.card import card
from stamkunde.counter.queries.finds import LONGEST, Finds
from stamkunde.customers.access import CREATE, NOTE, sees, visible_customers
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.actions import record_hit_list, record_lookup
from stamkunde.customers.models import Customer, LookUpPurpose
from stamkunde.kit import shown
from stamkunde.loyalty.access import ENROL as ENROL_MEMBERS
from stamkunde.sales.access import RETURN, SET_PRICE
from stamkunde.sales.models import BY_WORD, PaymentMethod, ways_by_word
from stamkunde.sales.queries.terminals import has_terminal

_KEY = re.compile(r"[\w-]{12,64}", re.ASCII)
_PAYMENT_ICONS = {
    PaymentMethod.CARD: ("credit-card", "F9"),
    PaymentMethod.CASH: ("coin", "F10"),
    PaymentMethod.INVOICE: ("file-text", ""),
    PaymentMethod.OTHER: ("dots", ""),
}


def new_key() -> str:
    return secrets.token_urlsafe(18)


def sound_key(written: str) -> str:
    """Return a key as a page or its script drew it; anything else is replaced by a new one."""
    return written if _KEY.fullmatch(written) else new_key()


@dataclass
class Stage:
    """Everything on the screen below the box; `work` names what the right side shows, `more` what that needs."""

    user: User
    place: Place
    key: str
    whose: str = ""
    basket: Basket | None = None
    is_buying: bool = False
    typed: str = ""
    finds: Finds | None = None
    work: str = ""
    said: str = ""
    tone: str = "amber"
    step: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def customer(self) -> Customer | None:
        """Return who is being served; looked up when it is first asked for."""
        return customer_named(self.user, self.whose)

    @property
    def customer_id(self) -> int | None:
        return self.customer.pk if self.customer else None

    def serve(self, customer: Customer | None) -> None:
        self.whose = str(customer.pk) if customer else ""
        self.customer = customer

    def begin_anew(self) -> None:
        """Forget who was served: the next person gets a key of her own."""
        self.serve(None)
        self.key, self.basket, self.is_buying = new_key(), None, False
        self.typed, self.finds, self.work, self.more = "", None, "", {}


def stage_of(request: HttpRequest, place: Place, *, with_basket: bool = True) -> Stage:
    """Return the screen as the request says it stood, as far as it may be so."""
    user = signed_in(request)
    key = sound_key(request.POST.get("serving", ""))
    basket = basket_for(user, key, place) if with_basket else None
    stage = Stage(user, place, key, basket=basket, step=request.POST.get("step", "")[:40])
    stage.typed = request.POST.get("typed", "").replace("\x00", "")[:LONGEST]
    stage.is_buying = basket is not None or request.POST.get("buying") == "1"
    # A basket knows whose it is; a page sent before it was said must not say otherwise.
    stage.whose = request.POST.get("customer", "") if basket is None else str(basket.customer_id or "")
    if basket is not None and basket.customer is not None and sees(user, basket.customer):
        # She came along with the basket and need not be asked for again.
        stage.customer = basket.customer
    return stage


def customer_named(user: User, written: str) -> Customer | None:
    if not written:
        return None
    return visible_customers(user).select_related("home_store").filter(pk=number(written)).first()


def number(written: str) -> int:
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 19 else -1


def name(stage: Stage, customer: Customer, *, step: str = "") -> None:
    """Serve somebody, and put their name on the basket if there is one; what that saves is said before it is paid."""
    if stage.basket is not None:
        saved = saved_by_naming(stage.basket, customer.pk, stage.user)
        is_new = stage.basket.customer_id != customer.pk
        stage.basket = name_customer(
            stage.key, customer.pk, place=stage.place, step=step, saved=saved, by=stage.user.actor
        )
        if is_new and saved > 0:
            amount = shown.amount(saved, stage.place.store.currency)
            stage.said = gettext("%(name)s saves %(amount)s on this purchase.") % {
                "name": customer.short_name,
                "amount": amount,
            }
            stage.tone = "green"
    stage.serve(customer)


def log_look(stage: Stage, customer: Customer) -> None:
    place = stage.place
    record_lookup(customer, LookUpPurpose.COUNTER, by=stage.user, store_id=place.store.pk, till_id=place.till_id)


def log_list(stage: Stage, found: Finds) -> None:
    record_hit_list(stage.key, found.people, by=stage.user, store_id=stage.place.store.pk, till_id=stage.place.till_id)


def show(request: HttpRequest, stage: Stage, *, status: int = HTTPStatus.OK) -> HttpResponse:
    """Answer with the screen: with all of the page, or what changes of it when the page's own script asks."""
    is_part = bool(request.headers.get("HX-Request"))
    name = "counter/parts/answer.html" if is_part else "counter/counter.html"
    return render(request, name, context_of(stage), status=status)


def context_of(stage: Stage) -> dict[str, Any]:
    user = stage.user
    is_idle = stage.customer is None and not stage.is_buying and not stage.work
    if stage.finds is not None:
        log_list(stage, stage.finds)
    return {
        "stage": stage,
        "place": stage.place,
        "is_idle": is_idle,
        "card": card(stage.customer, user) if stage.customer else None,
        "basket": shown_basket(stage.basket, user)
        if stage.basket and (stage.basket.lines or stage.basket.codes) and stage.is_buying
        else None,
        "waiting": waiting_baskets(stage.place, but=stage.key) if is_idle else [],
        "last": last_receipt(stage.place) if is_idle else None,
        "payments": [(method.value, method.label, *_PAYMENT_ICONS[PaymentMethod(method)]) for method in BY_WORD],
        "has_terminal": stage.is_buying and not stage.work and has_terminal(stage.place.till_id),
        "other_payments": [("", pgettext("payment", "Nothing else")), *ways_by_word()],
        "vat_classes": VatClass.choices,
        "off_hint": gettext("50 or 10 %"),
        "currency": stage.place.store.currency,
        "may_find": user.may(SEE_CUSTOMERS.name),
        "may_return": user.may(RETURN.name),
        "may_note": user.may(NOTE.name),
        "may_enrol": user.may(CREATE.name),
        "may_join": user.may(ENROL_MEMBERS.name),
        "may_set_price": user.may(SET_PRICE.name),
        "blanks_after": the_shop().counter_blanks_after,
        "next_key": new_key(),
        "blank": Stage(user, stage.place, new_key()),
        **stage.more,
    }

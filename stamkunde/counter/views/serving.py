"""Everything that happens between "next, please" and the receipt: one address, and what is to be done with it."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.catalogue.access import SEE as SEE_PRODUCTS
from stamkunde.catalogue.access import visible_products
from stamkunde.catalogue.models import Product, VatClass
from stamkunde.counter import actions, terminal
from stamkunde.counter.access import basket_for
from stamkunde.counter.enrolling import enrol_form
from stamkunde.counter.forms import GiftCardForm, LineForm, PaymentForm, WordsForm, read_off
from stamkunde.counter.mailing import mail_receipt, mailing_of
from stamkunde.counter.place import place_of
from stamkunde.counter.queries.basket import shown_basket
from stamkunde.counter.queries.finds import finds
from stamkunde.counter.queries.slip import order_slip
from stamkunde.counter.returning import loose_return, return_of
from stamkunde.counter.stage import Stage, customer_named, log_look, name, new_key, number, show, stage_of
from stamkunde.counter.terminal import TERMINAL
from stamkunde.customers.access import CREATE, NOTE
from stamkunde.kit.clock import now
from stamkunde.kit.policy import requires
from stamkunde.loyalty.access import ENROL as ENROL_MEMBERS
from stamkunde.loyalty.access import USE_POINTS, programme_for
from stamkunde.loyalty.access import asker_of as friend_asker_of
from stamkunde.loyalty.actions import join
from stamkunde.loyalty.models import MembershipSource
from stamkunde.loyalty.queries.referrals import note_guess as note_friend_guess
from stamkunde.loyalty.refusals import FriendCodeUnknown, LoyaltyRefused
from stamkunde.pricing.codes import normal
from stamkunde.pricing.queries.codes import is_code, note_guess, too_many_guesses
from stamkunde.pricing.refusals import CodeRefused
from stamkunde.pricing.refused_codes import refusal_of
from stamkunde.sales.access import GIFT_CARDS, REGISTER, RETURN, SET_PRICE, lies_in_archive, most_discount, order_for
from stamkunde.sales.actions.gift_cards import card_with, refuse_unusable
from stamkunde.sales.actions.orders import asker_of
from stamkunde.sales.actions.points import MOST_POINTS
from stamkunde.sales.codes import looks_like_a_code
from stamkunde.sales.models import Order, PaymentAttempt, PaymentMethod
from stamkunde.sales.queries.gift_cards import new_codes, said_of_card
from stamkunde.sales.refusals import SaleRefused

# Names and the words of a search stand apart; a code's groups are short, or parted by dashes.
_SEVERAL_WORDS = re.compile(r"[^\W\d_]{3,}\s+[^\W\d_]{2,}")
REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


class Refused(Exception):
    """What was asked for cannot be done; the sentence says why, and the screen stays as it was."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@requires(REGISTER.name)
@require_POST
def serving(request: HttpRequest) -> HttpResponse:
    place = place_of(request, signed_in(request))
    if place is None:
        return redirect("counter:till")
    stage = stage_of(request, place)
    act, _colon, about = request.POST.get("act", "enter").partition(":")
    if act == "blank":
        stage.begin_anew()
        return show(request, stage)
    if stage.basket is not None and stage.basket.order_id is not None:
        return _receipt(request, stage, order_for(stage.user, stage.basket.order_id))
    try:
        if act == TERMINAL:
            return _at_terminal(request, stage, about)
        if act == "pay":
            return _pay(request, stage, about)
        do = _ACTS.get(act)
        if do is not None:
            do(stage, about, request)
    except actions.BasketClosed as closed:
        return _receipt(request, stage, order_for(stage.user, closed.basket.order_id or 0))
    except (Refused, SaleRefused) as refusal:
        stage.said = refusal.sentence
        return show(request, stage, status=REFUSED)
    return show(request, stage)


def _enter(stage: Stage, _about: str, request: HttpRequest) -> None:
    """Do what the typed or scanned text means, or show what it may mean."""
    if looks_like_a_code(stage.typed) and stage.user.may(GIFT_CARDS.name):
        _gift_card(stage)
        return
    found = finds(
        stage.typed, stage.user, stage.place, buying=stage.is_buying, served=bool(stage.whose), is_entered=True
    )
    if found.product is not None:
        _product(stage, str(found.product.pk), request, known=found.product)
        return
    if found.is_misread:
        raise Refused(_("The code was misread. Please scan it again."))
    if found.refusal:
        raise Refused(found.refusal)
    meant = found.meant
    if (meant is None or not meant.is_certain) and _is_code(stage, is_anything=bool(found.all)):
        return
    if meant is None:
        stage.finds = found if found.text else None
        return
    act, _colon, about = meant.act.partition(":")
    _ACTS[act](stage, about, request)


def _gift_card(stage: Stage) -> None:
    """Let a scanned gift card pay for the basket, or say what is on it where nothing is being bought."""
    card = card_with(stage.typed, by=stage.user.actor)
    stage.typed = ""
    if stage.basket is None or not stage.basket.lines:
        stage.said, stage.tone = said_of_card(card), "green"
        return
    refuse_unusable(card, stage.place.store.currency, now())
    if not card.balance:
        raise Refused(said_of_card(card))
    stage.basket = actions.pay_with_gift_card(stage.key, card.pk, place=stage.place, step=stage.step)
    stage.is_buying = True


def _sell_gift_card(stage: Stage, _about: str, request: HttpRequest) -> None:
    """Put a gift card into the basket, to be sold or topped up."""
    form = GiftCardForm(request.POST, currency=stage.place.store.currency)
    stage.is_buying = True
    if not form.is_valid():
        stage.more |= _typed_card(request)
        raise Refused(_("Write how much is to be on the gift card."))
    code, topped_up = form.cleaned_data["gift_card_code"], None
    if code:
        stage.more |= _typed_card(request)
        topped_up = card_with(code, by=stage.user.actor)
        refuse_unusable(topped_up, stage.place.store.currency, now())
        stage.more = {}
    stage.basket = actions.add_gift_card(
        stage.key,
        form.cleaned_data["gift_card_amount"],
        topped_up=topped_up,
        place=stage.place,
        step=stage.step,
        customer_id=stage.customer_id,
    )


def _typed_card(request: HttpRequest) -> dict[str, str]:
    """Return what was typed about the gift card, so that a refusal loses none of it."""
    amount, code = request.POST.get("gift_card_amount", ""), request.POST.get("gift_card_code", "")
    return {"gift_card_typed": amount[:40], "gift_card_code_typed": code[:60]}


def _leave_gift_card(stage: Stage, about: str, _request: HttpRequest) -> None:
    if stage.basket is not None:
        stage.basket = actions.leave_gift_card(stage.key, number(about), place=stage.place, step=stage.step)


def _is_code(stage: Stage, *, is_anything: bool) -> bool:
    """Put what was typed into the basket if it is a code; what is nothing else either is counted as a guess."""
    code, asker = normal(stage.typed), asker_of(stage.user.actor, stage.place.till_id)
    if not code or _SEVERAL_WORDS.search(stage.typed.strip()):
        return False
    if too_many_guesses(asker):
        if is_anything:
            return False
        raise Refused(refusal_of(stage.typed, None, is_too_often=True).sentence)
    if not is_code(code):
        if not is_anything:
            note_guess(asker)
        return False
    try:
        stage.basket = actions.show_code(
            stage.key,
            code,
            place=stage.place,
            step=stage.step,
            customer_id=stage.customer_id,
            by=stage.user.actor,
            asker=asker,
        )
    except CodeRefused as refusal:
        raise Refused(refusal.sentence) from refusal
    stage.is_buying, stage.typed = True, ""
    return True


def _uncode(stage: Stage, about: str, _request: HttpRequest) -> None:
    if stage.basket is not None:
        stage.basket = actions.take_code_away(
            stage.key, about[:40], place=stage.place, step=stage.step, by=stage.user.actor
        )


def _customer(stage: Stage, about: str, request: HttpRequest) -> None:
    """Put somebody's card on the screen, and her name on the basket if there is one."""
    chosen = customer_named(stage.user, about)
    if chosen is None:
        raise Refused(_("That customer is no longer there. Search again, or go on without one."))
    log_look(stage, chosen)
    name(stage, chosen, step=stage.step)
    stage.typed = ""


def _nobody(stage: Stage, _about: str, _request: HttpRequest) -> None:
    if stage.basket is not None:
        stage.basket = actions.name_customer(stage.key, None, place=stage.place, step=stage.step)
    stage.serve(None)


def _product(stage: Stage, about: str, _request: HttpRequest, *, known: Product | None = None) -> None:
    product = known if known is not None and stage.user.may(SEE_PRODUCTS.name) else None
    if product is None:
        product = visible_products(stage.user).on_sale().filter(pk=number(about)).first()
    if product is None:
        raise Refused(_("That product is not on sale any more."))
    stage.basket = actions.add_product(
        stage.key,
        product,
        place=stage.place,
        step=stage.step,
        customer_id=stage.customer_id,
        is_begun=stage.basket is not None,
    )
    stage.is_buying, stage.typed = True, ""


def _words(stage: Stage, _about: str, request: HttpRequest) -> None:
    """Sell something that is not in the catalogue."""
    form = WordsForm(request.POST, currency=stage.place.store.currency)
    stage.is_buying = True
    if not form.is_valid():
        stage.more["words"] = form
        raise Refused(_("Write what it is and what it costs."))
    said = form.cleaned_data
    stage.basket = actions.add_words(
        stage.key,
        said["description"],
        said["price"],
        vat_class=said["vat_class"] or VatClass.STANDARD,
        place=stage.place,
        step=stage.step,
        customer_id=stage.customer_id,
    )


def _buy(stage: Stage, _about: str, _request: HttpRequest) -> None:
    stage.is_buying = True


def _stepped(by: int) -> Callable[[Stage, str, HttpRequest], None]:
    def step(stage: Stage, about: str, _request: HttpRequest) -> None:
        if stage.basket is not None:
            stage.basket = actions.step_quantity(stage.key, about, by, place=stage.place, step=stage.step)

    return step


def _remove(stage: Stage, about: str, _request: HttpRequest) -> None:
    if stage.basket is not None:
        stage.basket = actions.remove_line(stage.key, about, place=stage.place, step=stage.step)


def _line(stage: Stage, about: str, request: HttpRequest) -> None:
    """Change the quantity, the price or the discount of a line."""
    line = actions.line_of(stage.basket, about) if stage.basket else None
    if line is None:
        return
    form = LineForm(request.POST, prefix=f"line-{about}", currency=stage.place.store.currency)
    stage.more["open_line"] = about
    if not form.is_valid():
        stage.more["line_form"] = form
        raise Refused(form.first_mistake)
    price, off = form.cleaned_data["price"], form.cleaned_data["off"]
    if line["product"] is not None and price != line["price"] and not stage.user.may(SET_PRICE.name):
        raise Refused(_("Somebody who may change prices can sell it for another one."))
    if line["product"] is None and price is None:
        raise Refused(_("Write what it costs."))
    stage.basket = actions.change_line(
        stage.key,
        about,
        quantity=form.cleaned_data["quantity"],
        price=price,
        off=off.amount,
        share=off.basis_points,
        place=stage.place,
        step=stage.step,
    )
    del stage.more["open_line"]


def _off(stage: Stage, _about: str, request: HttpRequest) -> None:
    if stage.basket is None:
        return
    written = request.POST.get("off", "")
    try:
        off = read_off(written, stage.place.store.currency)
    except ValidationError as error:
        stage.more["off_typed"] = written[:40]
        raise Refused(str(error.messages[0])) from error
    stage.basket = actions.take_off(
        stage.key, off=off.amount, share=off.basis_points, place=stage.place, step=stage.step
    )


def _points(stage: Stage, about: str, request: HttpRequest) -> None:
    """Use points of whoever is served: as many as the button says, or as were written."""
    if stage.basket is None:
        return
    written = (about or request.POST.get("points", "")).replace("\xa0", "").replace(" ", "")
    points = 0 if written == "" else number(written)
    if not 0 <= points <= MOST_POINTS:
        raise Refused(_("Write how many points, not below nought."))
    if points and not stage.user.may(USE_POINTS.name):
        raise PermissionDenied
    if points and stage.customer_id is None:
        raise Refused(_("Say first whose purchase it is, and then use their points."))
    stage.basket = actions.use_points(stage.key, points, place=stage.place, step=stage.step)


def _take_up(stage: Stage, about: str, _request: HttpRequest) -> None:
    """Go on with a basket that waits; whose it was is said again, not shown."""
    waiting = basket_for(stage.user, about, stage.place)
    if waiting is None or waiting.order_id is not None:
        raise Refused(_("That basket is no longer waiting."))
    stage.begin_anew()
    stage.key, stage.basket, stage.is_buying = waiting.key, waiting, True
    stage.serve(customer_named(stage.user, str(waiting.customer_id or "")))
    if stage.customer is not None:
        log_look(stage, stage.customer)


def _drop(stage: Stage, _about: str, _request: HttpRequest) -> None:
    if stage.basket is not None:
        actions.drop_basket(stage.basket, by=stage.user.actor)
    stage.basket, stage.is_buying, stage.key = None, False, new_key()


def _card(stage: Stage, _about: str, _request: HttpRequest) -> None:
    """Leave what was begun and go back to the card, or to the basket."""


def _open_receipt(stage: Stage, about: str, _request: HttpRequest) -> None:
    _must(stage, RETURN.name)
    written, _colon, receipt = about.partition(":")
    order = order_for(stage.user, number(written), receipt=receipt)
    stage.typed = ""
    is_unnamed = lies_in_archive(order, stage.user)
    whose = None if is_unnamed else customer_named(stage.user, str(order.customer_id or ""))
    if whose is not None and whose != stage.customer:
        log_look(stage, whose)
        if stage.basket is None:
            stage.serve(whose)
    return_of(stage, order)


def _loose(stage: Stage, _about: str, _request: HttpRequest) -> None:
    _must(stage, RETURN.name)
    loose_return(stage)


def _note(stage: Stage, _about: str, _request: HttpRequest) -> None:
    _must(stage, NOTE.name)
    stage.work, stage.more = "note", {"note_key": new_key(), "note": ""}


def _enrol(stage: Stage, _about: str, _request: HttpRequest) -> None:
    _must(stage, CREATE.name)
    enrol_form(stage, stage.typed)
    stage.typed = ""


def _join(stage: Stage, about: str, request: HttpRequest) -> None:
    """Make whoever is being served a member."""
    _must(stage, ENROL_MEMBERS.name)
    if stage.customer is None:
        raise Refused(_("That customer is no longer there. Search again, or go on without one."))
    try:
        programme = programme_for(stage.user, number(about))
        join(
            stage.customer.pk,
            programme,
            source=MembershipSource.TILL,
            friend=request.POST.get("friend", "")[:60],
            asker=friend_asker_of(stage.user),
            by=stage.user.actor,
        )
    except LoyaltyRefused as refusal:
        if isinstance(refusal, FriendCodeUnknown) and refusal.asker:
            note_friend_guess(refusal.asker)
        raise Refused(refusal.sentence) from refusal
    stage.tone = "green"
    stage.said = _("%(name)s is now a member of %(programme)s.") % {
        "name": stage.customer.name,
        "programme": programme.name,
    }


def _must(stage: Stage, permission: str) -> None:
    if not stage.user.may(permission):
        raise Refused(_("Your role does not allow this. Ask somebody who may."))


def _pay(request: HttpRequest, stage: Stage, method: str) -> HttpResponse:
    if stage.basket is None or not stage.basket.lines:
        raise Refused(_("There is nothing in the basket yet."))
    form = PaymentForm(request.POST, currency=stage.place.store.currency)
    if not form.is_valid():
        stage.more["payment"] = form
        raise Refused(form.first_mistake)
    order = actions.register_basket(
        stage.basket,
        # Where gift cards pay for all of it, nothing else does.
        () if method == PaymentMethod.GIFT_CARD else form.payments(method),
        place=stage.place,
        expected=form.cleaned_data["total"],
        most_discount=most_discount(stage.user),
        by=stage.user.actor,
    )
    if not request.headers.get("HX-Request"):
        return redirect("counter:receipt", order.pk)
    return _receipt(request, stage, order)


def _at_terminal(request: HttpRequest, stage: Stage, about: str) -> HttpResponse:
    """Send the rest to the terminal, ask what became of it, or call it off; once it is paid, the purchase is made."""
    shown = shown_basket(stage.basket, stage.user) if stage.basket is not None and stage.basket.lines else None
    if shown is None:
        raise Refused(_("There is nothing in the basket yet."))
    expected = number(request.POST.get("total", ""))
    if about == "begin":
        if not shown.may_be_paid or expected != shown.preview.total:
            raise actions.TotalChanged
        attempt: PaymentAttempt | None = terminal.begin(stage, shown.open_amount)
    else:
        attempt = terminal.call_off(stage) if about == "cancel" else terminal.look(stage)
    if attempt is None:
        return show(request, stage)
    if terminal.is_paid(attempt):
        return _receipt(request, stage, terminal.register(stage, attempt, expected))
    if attempt.is_live:
        terminal.wait(stage, attempt, expected)
    else:
        stage.said = terminal.said(attempt)
    return show(request, stage)


def _receipt(request: HttpRequest, stage: Stage, order: Order) -> HttpResponse:
    """Show what was registered, under the key of whoever comes next."""
    thanks = stage.customer.short_name if stage.customer else ""
    stage.begin_anew()
    stage.work, stage.more = "receipt", {"slip": order_slip(order), "order": order, "thanks": thanks}
    # Handed over with the receipt, and never shown with it again.
    stage.more |= {"new_cards": new_codes(order=order), **mailing_of(order, stage.user)}
    return show(request, stage)


_ACTS: dict[str, Callable[[Stage, str, HttpRequest], Any]] = {
    "enter": _enter,
    "customer": _customer,
    "nobody": _nobody,
    "product": _product,
    "words": _words,
    "giftcard": _sell_gift_card,
    "leave": _leave_gift_card,
    "buy": _buy,
    "more": _stepped(1),
    "less": _stepped(-1),
    "remove": _remove,
    "line": _line,
    "off": _off,
    "points": _points,
    "uncode": _uncode,
    "take": _take_up,
    "drop": _drop,
    "card": _card,
    "receipt": _open_receipt,
    "loose": _loose,
    "note": _note,
    "enrol": _enrol,
    "join": _join,
    "email": mail_receipt,
}

"""The pages on which the shop says how its letters look and what postage costs."""

from decimal import Decimal
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import Country, Store
from stamkunde.accounts.queries import the_shop
from stamkunde.conversations.access import MANAGE
from stamkunde.conversations.actions.letter_settings import (
    LARGEST_LOGO,
    PostageValues,
    add_postage,
    change_postage,
    remove_postage,
    set_letterhead,
    set_logo,
)
from stamkunde.conversations.files import STORE
from stamkunde.conversations.letter_files import test_sheet_of
from stamkunde.conversations.letter_forms import LetterheadForm, PostageForm
from stamkunde.conversations.letter_papers import letterhead_of
from stamkunde.conversations.models import Letterhead, Postage, PostalZone
from stamkunde.conversations.paper.windows import Window
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.kit import shown
from stamkunde.kit.money import decimals_of
from stamkunde.kit.policy import requires


@requires(MANAGE.name)
@require_safe
def letterheads(request: HttpRequest) -> HttpResponse:
    """Show how letters look in each country, and what postage costs."""
    used = set(Store.objects.filter(is_open=True).values_list("country", flat=True)) | {the_shop().country}
    rows = []
    for country, label in Country.choices:
        letterhead = letterhead_of(country)
        if country in used or letterhead.pk:
            rows.append((country, label, Window(letterhead.window).label, bool(letterhead.pk)))
    postage = [
        (row, shown.amount(row.price, row.currency), _("up to %(grams)s g") % {"grams": shown.number(row.up_to_grams)})
        for row in Postage.objects.all()
    ]
    context = {"rows": rows, "postage": postage, "crumbs": [(_("Settings"), "/settings/"), (_("Letters"), "")]}
    return render(request, "conversations/letterheads.html", context)


@requires(MANAGE.name)
@require_http_methods(["GET", "HEAD", "POST"])
def letterhead(request: HttpRequest, country: str) -> HttpResponse:
    _known(country)
    found = letterhead_of(country)
    form = LetterheadForm(request.POST or None, letterhead=found)
    if request.method == "POST" and form.is_valid():
        try:
            set_letterhead(country, form.values(), version=form.cleaned_data["version"], by=signed_in(request).actor)
        except ConversationRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        else:
            messages.success(request, _("Saved. Print the test sheet and fold it into an envelope."))
            return redirect("conversations:letterhead", country)
    label = Country(country).label
    context = {"form": form, "letterhead": found, "country": country, "label": label, "crumbs": _crumbs(str(label))}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "conversations/letterhead.html", context, status=status)


@requires(MANAGE.name)
@require_POST
def letterhead_logo(request: HttpRequest, country: str) -> HttpResponse:
    """Put a picture above the name, or take it away."""
    _known(country)
    sent = request.FILES.get("logo")
    try:
        if request.POST.get("act") == "remove":
            set_logo(country, b"", by=signed_in(request).actor)
            messages.success(request, _("The picture is taken away."))
        elif sent is None:
            messages.warning(request, _("Choose a picture first."))
        else:
            set_logo(country, sent.read(LARGEST_LOGO + 1), by=signed_in(request).actor)
            messages.success(request, _("The picture stands above the name now."))
    except ConversationRefused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("conversations:letterhead", country)


@requires(MANAGE.name)
@require_safe
def letterhead_picture(request: HttpRequest, country: str) -> HttpResponse:
    found = Letterhead.objects.filter(country=country).exclude(logo_digest="").first()
    if found is None:
        raise Http404
    try:
        content = STORE.opened(found.logo_digest).read()
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(content, content_type="image/png")


@requires(MANAGE.name)
@require_safe
def letterhead_test(request: HttpRequest, country: str) -> HttpResponse:
    """Hand out a sheet to be folded into an envelope, by which the block is shifted until it shows."""
    _known(country)
    content = test_sheet_of(country)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="test-{country.lower()}.pdf"'
    return response


@requires(MANAGE.name)
@require_http_methods(["GET", "HEAD", "POST"])
def postage_new(request: HttpRequest) -> HttpResponse:
    shop = the_shop()
    initial = {"country": shop.country, "zone": PostalZone.DOMESTIC, "currency": shop.currency}
    return _postage_page(request, None, PostageForm(request.POST or None, initial=initial))


@requires(MANAGE.name)
@require_http_methods(["GET", "HEAD", "POST"])
def postage(request: HttpRequest, pk: int) -> HttpResponse:
    row = _postage_row(pk)
    names = ("country", "zone", "up_to_grams", "currency")
    initial = {name: getattr(row, name) for name in names} | {
        "price": Decimal(row.price).scaleb(-decimals_of(row.currency))
    }
    return _postage_page(request, row, PostageForm(request.POST or None, initial=initial))


def _postage_page(request: HttpRequest, row: Postage | None, form: PostageForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        currency = data["currency"].upper()
        values = PostageValues(
            country=data["country"],
            zone=data["zone"],
            up_to_grams=data["up_to_grams"],
            price=int(data["price"].scaleb(decimals_of(currency) if currency.isalpha() else 2)),
            currency=currency,
        )
        seen = request.POST.get("version", "")
        version = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0
        actor = signed_in(request).actor
        try:
            if row is None:
                add_postage(values, by=actor)
            else:
                change_postage(row, values, version=version, by=actor)
        except ConversationRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        else:
            messages.success(request, _("Saved. Letters that were posted keep what they cost."))
            return redirect("conversations:letterheads")
    title = _("Change the postage") if row else _("Add postage")
    context = {"form": form, "row": row, "title": title, "crumbs": _crumbs(title)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "conversations/postage.html", context, status=status)


@requires(MANAGE.name)
@require_POST
def postage_remove(request: HttpRequest, pk: int) -> HttpResponse:
    remove_postage(_postage_row(pk), by=signed_in(request).actor)
    messages.success(request, _("The price is taken out of the list."))
    return redirect("conversations:letterheads")


def _postage_row(pk: int) -> Postage:
    row = Postage.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _known(country: str) -> None:
    if country not in Country:
        raise Http404


def _crumbs(last: str) -> list[tuple[str, str]]:
    return [(_("Settings"), "/settings/"), (_("Letters"), reverse("conversations:letterheads")), (last, "")]

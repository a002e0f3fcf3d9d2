"""What is good to know of a customer, to whom she belongs, and what she was called before."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.customers import actions
from stamkunde.customers.access import (
    CHANGE,
    customer_for,
    former_name_for,
    relation_for,
    trait_for,
    visible_customers,
)
from stamkunde.customers.forms.profile import FormerNameForm, RelationForm, TraitForm
from stamkunde.customers.models import Customer, RelationKind, TraitKind
from stamkunde.customers.recognition.candidates import Candidate, recognise
from stamkunde.customers.values import TraitValues
from stamkunde.customers.views.answers import asked, done, refused, small_form, undo_url, version_in
from stamkunde.kit.clock import now
from stamkunde.kit.policy import requires


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def traits(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    customer = customer_for(user, pk)

    def save(form: TraitForm) -> str:
        actions.note_trait(pk, _trait(form), by=user.actor)
        return _("Noted.")

    return small_form(request, customer, "traits", TraitForm, save, title=_("Good to know"))


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def trait(request: HttpRequest, pk: int, trait_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, known = customer_for(user, pk), trait_for(user, pk, trait_pk)
    shown = {"kind": known.kind, "text": known.text}

    def save(form: TraitForm) -> str:
        actions.change_trait(known, _trait(form), version=version_in(request), by=user.actor)
        return _("Saved.")

    return small_form(request, customer, "traits", TraitForm, save, title=_("Good to know"), initial=shown, row=known)


@require_POST
@requires(CHANGE.name)
def remove_trait(request: HttpRequest, pk: int, trait_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, known = customer_for(user, pk), trait_for(user, pk, trait_pk)
    undo = undo_url(customer, actions.remove_trait(known, by=user.actor))
    return done(request, customer, "traits", _("That is no longer noted."), undo=undo)


def _trait(form: TraitForm) -> TraitValues:
    return TraitValues(kind=TraitKind(form.cleaned_data["kind"]), text=form.cleaned_data["text"])


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def relations(request: HttpRequest, pk: int) -> HttpResponse:
    """Note to whom a customer belongs. Several people of the name are offered to choose from."""
    user = signed_in(request)
    customer = customer_for(user, pk)
    title = _("New relation")
    if request.method == "GET":
        return asked(request, customer, "relations", RelationForm(), title=title)
    form = RelationForm(request.POST)
    if not form.is_valid():
        return asked(request, customer, "relations", form, title=title)
    chosen, candidates = _whom(request, user, customer, form.cleaned_data["other"])
    if chosen is None:
        form.add_error("other", _which_one(candidates))
        return asked(request, customer, "relations", form, title=title, candidates=[_pick(one) for one in candidates])
    try:
        actions.add_relation(pk, chosen.pk, RelationKind(form.cleaned_data["kind"]), by=user.actor)
    except ValidationError as error:
        return refused(request, customer, "relations", form, error, title=title)
    return done(request, customer, "relations", _("Noted."))


def _whom(request: HttpRequest, user: User, customer: Customer, typed: str) -> tuple[Customer | None, list[Candidate]]:
    """Return the one who is meant, or those of whom one may be."""
    picked = request.POST.get("picked", "")
    if picked.isascii() and picked.isdecimal() and len(picked) < 19:
        return visible_customers(user).filter(pk=int(picked)).first(), []
    found = recognise(typed, store_id=user.store_id, limit=6, now=now())
    others = [candidate for candidate in found if candidate.customer_id != customer.pk]
    if len(others) != 1:
        return None, others
    return visible_customers(user).filter(pk=others[0].customer_id).first(), others


def _pick(candidate: Candidate) -> dict[str, object]:
    hints = [candidate.town, str(candidate.birth_year or ""), *candidate.masked, *candidate.chips]
    return {
        "id": candidate.customer_id,
        "name": candidate.name,
        "hints": " · ".join(hint for hint in hints if hint),
    }


def _which_one(candidates: list[Candidate]) -> str:
    if candidates:
        return _("Several people may be meant. Please choose one of them.")
    return _("Nobody of that name is among the customers. Please look at the spelling once more.")


@require_POST
@requires(CHANGE.name)
def remove_relation(request: HttpRequest, pk: int, relation_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, relation = customer_for(user, pk), relation_for(user, pk, relation_pk)
    happening = actions.remove_relation(relation, by=user.actor)
    undo = undo_url(relation.customer, happening)
    return done(request, customer, "relations", _("The relation was removed."), undo=undo)


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def former_names(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a name by which people may still ask for the customer."""
    user = signed_in(request)
    customer = customer_for(user, pk)

    def save(form: FormerNameForm) -> str:
        actions.note_former_name(pk, form.cleaned_data["name"], by=user.actor)
        return _("Noted.")

    return small_form(request, customer, "about", FormerNameForm, save, title=_("New former name"))


@require_POST
@requires(CHANGE.name)
def remove_former_name(request: HttpRequest, pk: int, former_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, former = customer_for(user, pk), former_name_for(user, pk, former_pk)
    actions.remove_former_name(former, by=user.actor)
    return done(request, customer, "about", _("The former name was removed."))

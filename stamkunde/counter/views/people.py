"""Enrolling somebody new, and writing a note about somebody known."""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.counter import actions
from stamkunde.counter.enrolling import alike_to, at_place, log_alike, programmes_for, show_enrolling
from stamkunde.counter.place import place_of
from stamkunde.counter.stage import customer_named, log_look, name, new_key, number, show, sound_key, stage_of
from stamkunde.customers.access import CREATE, NOTE
from stamkunde.customers.forms.creating import NewCustomerForm
from stamkunde.kit.policy import requires
from stamkunde.loyalty.access import asker_of
from stamkunde.loyalty.queries.referrals import note_guess
from stamkunde.loyalty.refusals import FriendCodeUnknown, LoyaltyRefused

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@requires(CREATE.name)
@require_POST
def customers(request: HttpRequest) -> HttpResponse:
    """Make a customer of a name and whatever else was said; while typing, show who is perhaps here already."""
    place = place_of(request, signed_in(request))
    if place is None:
        return redirect("counter:till")
    stage = stage_of(request, place)
    form = NewCustomerForm(request.POST, user=at_place(stage.user, place))
    if request.POST.get("act") == "likely":
        alike = alike_to(form)
        log_alike(stage, alike)
        return render(request, "counter/parts/alike.html", {"alike": alike})
    key = sound_key(request.POST.get("enrol_key", ""))
    friend = request.POST.get("friend", "")[:60]
    joining = {number(pk) for pk in request.POST.getlist("join")}
    if form.is_valid():
        programmes = [pk for pk, _name in programmes_for(stage.user) if pk in joining]
        try:
            customer = actions.enrol(
                form.values(),
                programmes=programmes,
                friend=friend,
                asker=asker_of(stage.user),
                key=key,
                by=stage.user.actor,
            )
        except ValidationError as error:
            form.refuse(error)
        except LoyaltyRefused as refusal:
            if isinstance(refusal, FriendCodeUnknown) and refusal.asker:
                note_guess(refusal.asker)
            stage.said = refusal.sentence
        else:
            log_look(stage, customer)
            name(stage, customer)
            if not stage.said:
                stage.said = _("%(name)s is now among your customers.") % {"name": customer.name}
            stage.tone = "green"
            return show(request, stage)
    show_enrolling(stage, form, alike_to(form), key=key, joining=joining, friend=friend)
    return show(request, stage, status=REFUSED)


@requires(NOTE.name)
@require_POST
def notes(request: HttpRequest) -> HttpResponse:
    place = place_of(request, signed_in(request))
    if place is None:
        return redirect("counter:till")
    stage = stage_of(request, place)
    text, key = request.POST.get("text", ""), sound_key(request.POST.get("note_key", ""))
    about = customer_named(stage.user, request.POST.get("customer", ""))
    if about is None:
        stage.said = _("That customer is no longer there. Search again, or go on without one.")
        return show(request, stage, status=REFUSED)
    try:
        actions.note_at_counter(about.pk, text, pin=request.POST.get("pin") == "1", key=key, by=stage.user.actor)
    except ValidationError as error:
        stage.work, stage.said = "note", " ".join(error.messages)
        stage.more = {"note_key": key or new_key(), "note": text}
        return show(request, stage, status=REFUSED)
    stage.said, stage.tone = _("The note is saved."), "green"
    return show(request, stage)

"""One task: written, shown, changed, taken, tried again, settled and opened again."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import unnamed
from stamkunde.customers.models.customer import page_of
from stamkunde.events.queries import moments, people_in
from stamkunde.kit import shown
from stamkunde.kit.policy import requires
from stamkunde.kit.returning import own_address, page_before
from stamkunde.tasks import actions
from stamkunde.tasks.access import DO, SEE, task_for
from stamkunde.tasks.forms import TaskForm, next_tries, next_try
from stamkunde.tasks.models import Task, TaskKind, TaskState
from stamkunde.tasks.origins import address_of_origin, is_origin
from stamkunde.tasks.queries import shown_tasks, story_of
from stamkunde.tasks.refusals import Stale, TaskRefused
from stamkunde.tasks.values import Origin
from stamkunde.tasks.views.lists import asked_customer

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@requires(DO.name)
@require_http_methods(["GET", "POST"])
def task_new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    customer = asked_customer(request)
    origin = _origin(request)
    back = own_address(request.POST.get("back") or request.GET.get("back") or "", reverse("tasks:tasks"))
    kind = request.GET.get("kind", "")
    initial = {
        "due_on": timezone.localdate(),
        "who": f"person:{user.pk}",
        "kind": kind if kind in TaskKind else TaskKind.TO_DO,
        "phone": request.GET.get("phone", "")[: actions.LONGEST_PHONE],
    }
    form = TaskForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_task(form.values(customer.pk if customer else None), origin, by=user.actor)
        except TaskRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The task is written down."))
            return redirect(back)
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "tasks/task_new.html", {"form": form, "customer": customer, "back": back}, status=status)


def _origin(request: HttpRequest) -> Origin:
    kind, _colon, number = request.GET.get("from", "").partition(":")
    if not is_origin(kind) or not (number.isascii() and number.isdecimal() and len(number) < 19):
        return Origin()
    return Origin(kind=kind, number=int(number))


@requires(SEE.name)
@require_safe
def task(request: HttpRequest, pk: int) -> HttpResponse:
    found = task_for(signed_in(request), pk)
    return _page(request, found, TaskForm.of(found))


@requires(DO.name)
@require_POST
def task_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a task otherwise; one that somebody changed meanwhile is shown with what was typed."""
    user = signed_in(request)
    found = task_for(user, pk)
    form = TaskForm(request.POST, keeping=found)
    version = request.POST.get("version", "")
    status: HTTPStatus = REFUSED
    if form.is_valid():
        try:
            seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
            actions.change_task(found, form.values(found.customer_id, before=found), version=seen, by=user.actor)
        except Stale as stale:
            # What was typed stays; saving it again is then a choice made in knowledge of the other version.
            found = task_for(user, pk)
            status = HTTPStatus.CONFLICT
            form.refuse(stale)
        except TaskRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The task is saved."))
            return redirect("tasks:task", pk)
    return _page(request, found, form, status)


def _page(request: HttpRequest, found: Task, form: TaskForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    user = signed_in(request)
    happenings = story_of(found)
    context = {
        "one": shown_tasks([found])[0],
        "customer_url": page_of(found.customer_id),
        "origin_url": address_of_origin(found.origin, found.origin_id),
        "task": found,
        "form": form,
        "story": [
            (one, shown.instant(one.at), one.at.isoformat())
            for one in moments(happenings, unnamed(user, people_in(happenings)))
        ],
        "next_tries": next_tries(),
        "may_do": user.may(DO.name),
    }
    return render(request, "tasks/task.html", context, status=status)


@requires(DO.name)
@require_POST
def task_settling(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a task is done, or no longer needed; it can be taken back at once."""
    user = signed_in(request)
    found = task_for(user, pk)
    state = request.POST.get("state") or TaskState.DONE
    try:
        actions.settle_task(found, state, request.POST.get("words", ""), by=user.actor)
    except TaskRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        said = _("Done.") if state == TaskState.DONE else _("The task is no longer needed.")
        messages.success(request, said, extra_tags=f"undo:{reverse('tasks:task_reopening', args=[pk])}")
    return redirect(_back(request))


@requires(DO.name)
@require_POST
def task_trying(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that somebody was not reached, and try again later."""
    user = signed_in(request)
    found = task_for(user, pk)
    try:
        actions.try_again(found, next_try(request.POST.get("again", "")), request.POST.get("words", ""), by=user.actor)
    except TaskRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        due = shown_tasks([task_for(user, pk)])[0].due
        messages.success(request, _("Not reached. To be tried again by %(due)s.") % {"due": due})
    return redirect(_back(request))


@requires(DO.name)
@require_POST
def task_taking(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    try:
        actions.take_task(task_for(user, pk), user, by=user.actor)
    except TaskRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The task is yours."))
    return redirect(_back(request))


@requires(DO.name)
@require_POST
def task_reopening(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    try:
        actions.reopen_task(task_for(user, pk), by=user.actor)
    except TaskRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The task is open again."))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    return page_before(request, reverse("tasks:tasks"))

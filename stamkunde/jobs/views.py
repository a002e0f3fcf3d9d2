"""The page about the work in the background, and the progress of one job for any page that shows it."""

import json
from http import HTTPStatus
from typing import Protocol

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stamkunde.accounts.access import MANAGE_SHOP, signed_in
from stamkunde.jobs import actions
from stamkunde.jobs.access import MANAGE, job_for, visible_jobs
from stamkunde.jobs.models import Job
from stamkunde.jobs.queries import finished_work, open_work
from stamkunde.kit.actor import Actor
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires, staff_only


class Ask(Protocol):
    def __call__(self, job_id: int, *, by: Actor) -> None: ...


@require_GET
@requires(MANAGE.name)
def work(request: HttpRequest) -> HttpResponse:
    jobs = visible_jobs(signed_in(request))
    try:
        finished, page = finished_work(jobs, request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    return render(
        request,
        "jobs/work.html",
        {
            "open": open_work(jobs),
            "may_see_faults": signed_in(request).may(MANAGE_SHOP.name),
            "finished": finished,
            "newer": f"?page={page.newer}" if page.newer else None,
            "older": f"?page={page.older}" if page.older else None,
        },
    )


@require_GET
@staff_only
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    job = job_for(signed_in(request), pk)
    if request.GET.get("seen") == job.fingerprint:
        # Nothing to swap: the page stays untouched and no reader repeats it.
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return _progress(request, job)


@require_POST
@requires(MANAGE.name)
def try_again(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked(request, pk, actions.try_job_again, _("The work will be tried again in a moment."))


@require_POST
@staff_only
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked(request, pk, actions.cancel_job, _("The work will be cancelled."))


@require_POST
@staff_only
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked(request, pk, actions.pause_job, _("The work will pause at the next good place."))


@require_POST
@staff_only
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked(request, pk, actions.resume_job, _("The work goes on."))


def _asked(request: HttpRequest, pk: int, ask: Ask, said: str) -> HttpResponse:
    user = signed_in(request)
    job = job_for(user, pk)
    tone = "green"
    try:
        ask(job.pk, by=user.actor)
    except actions.NotPossibleNow as refusal:
        said, tone = str(refusal), "amber"
    if request.headers.get("HX-Request"):
        response = _progress(request, job_for(user, pk))
        triggers = json.loads(response.headers.get("HX-Trigger", "{}"))
        response["HX-Trigger"] = json.dumps(triggers | {"toast": {"text": said, "tone": tone}, "job-changed": {}})
        return response
    messages.add_message(request, messages.SUCCESS if tone == "green" else messages.WARNING, said)
    return redirect("jobs:work" if user.may(MANAGE.name) else "/")


def _progress(request: HttpRequest, job: Job) -> HttpResponse:
    context = {
        "job": job,
        "controls": request.GET.get("controls") == "1",
        "may_see_faults": signed_in(request).may(MANAGE_SHOP.name),
    }
    response = render(request, "jobs/progress.html", context)
    if job.is_finished:
        # The page around it may want to show what has come of the job.
        response["HX-Trigger"] = json.dumps({"job-finished": {"job": job.pk}})
    return response

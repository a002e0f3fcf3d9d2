"""The audit: who did what, and when, in sentences."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.access import SEE, told_to, unnamed
from stamkunde.customers.models import Customer
from stamkunde.desk.forms import AuditForm
from stamkunde.desk.refusal import refused
from stamkunde.desk.told import lines_for, names_of, sentence_for
from stamkunde.events.access import AUDIT
from stamkunde.events.models import Topic
from stamkunde.events.queries import NOBODY, Moment, moments, people_in
from stamkunde.events.queries import audit as audited
from stamkunde.kit import shown
from stamkunde.kit.clock import start_of_day
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires


@requires(AUDIT.name)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    form = AuditForm(
        request.GET if set(request.GET) & set(AuditForm.base_fields) else None,
        staff=[(pk, name) for pk, name in User.objects.values_list("pk", "name")],
        kinds=[(topic.value, str(topic.label)) for topic in Topic if names_of(topic)],
    )
    user = signed_in(request)
    may_see = user.may(SEE.name)
    if not may_see:
        # What may not be read may not be asked by either: the number of rows alone would tell.
        del form.fields["customer"]
    asked = form.cleaned_data if form.is_valid() else {}
    is_wrong = form.is_bound and not form.is_valid()
    customer_id = asked.get("customer")
    if customer_id is not None and unnamed(user, [customer_id]):
        customer_id = NOBODY
    try:
        page = audited(
            told=told_to(user),
            mark=request.GET.get("page", ""),
            names=names_of(asked["kind"]) if asked.get("kind") else (),
            actor_id=asked.get("staff"),
            customer_id=customer_id,
            since=_begin(asked.get("since")),
            until=_begin(asked["until"] + timedelta(days=1)) if asked.get("until") else None,
        )
    except CursorError:
        return refused(request, _("This page of the audit is no longer there."), back=reverse("desk:audit"))
    told = moments(page.rows, unnamed(user, people_in(page.rows)))
    context = {
        "form": form,
        "page": page,
        "rows": _rows(told, _names(told) if may_see else {}, may_see=may_see),
        "is_narrowed": any(asked.values()),
    }
    return render(request, "desk/audit.html", context, status=422 if is_wrong else 200)


def _begin(day: Any) -> datetime | None:
    return start_of_day(day, the_shop().zone) if day else None


def _names(told: list[Moment]) -> dict[int, str]:
    ids = {moment.customer_id for moment in told if moment.customer_id}
    return {customer.pk: customer.name for customer in Customer.objects.filter(pk__in=ids)}


def _rows(told: list[Moment], names: dict[int, str], *, may_see: bool) -> list[dict[str, Any]]:
    return [
        {
            "moment": moment,
            "when": shown.instant(moment.recorded_at),
            "happened": shown.instant(moment.at) if moment.at.date() != moment.recorded_at.date() else "",
            "customer": names.get(moment.customer_id or 0, ""),
            "sentence": sentence_for(moment, may_see=may_see),
            "lines": lines_for(moment, may_see=may_see),
        }
        for moment in told
    ]

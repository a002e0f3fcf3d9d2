"""Points: what a member has and how it came to that, corrections by two, and what a programme owes."""

import csv
import secrets
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.kit import shown
from stamkunde.kit.charts import Bar, BarChart
from stamkunde.kit.clock import now
from stamkunde.kit.paging import CursorError, Order, page
from stamkunde.kit.policy import requires
from stamkunde.loyalty.access import (
    APPROVE_POINTS,
    CORRECT_POINTS,
    MANAGE,
    SEE,
    membership_for,
    request_for,
    visible_points,
    visible_programmes,
    visible_requests,
)
from stamkunde.loyalty.actions import points as actions
from stamkunde.loyalty.forms import CorrectionForm
from stamkunde.loyalty.models import CorrectionState, Membership, PointsKind, Programme, ProgrammeState
from stamkunde.loyalty.queries.points_report import PointsReport, points_report
from stamkunde.loyalty.refusals import LoyaltyRefused, NeedsSecondPerson
from stamkunde.loyalty.shown_points import shown_points, statement_row

NEWEST = Order("occurred_at")
NEWEST_ASKED = Order("asked_at")
SIZE = 30


@requires(SEE.name)
@require_safe
def points(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a member has, every day with which points end, and the statement."""
    membership = membership_for(signed_in(request), pk)
    return render(request, "loyalty/points.html", _page(request, membership, _form()))


@requires(CORRECT_POINTS.name)
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Give points or take some off; what would leave the member owing waits for somebody else."""
    user = signed_in(request)
    membership = membership_for(user, pk)
    form = CorrectionForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            _correct(request, membership, said)
        except LoyaltyRefused as refusal:
            form.refuse(refusal)
        else:
            return redirect("loyalty:points", membership.pk)
    return render(request, "loyalty/points.html", _page(request, membership, form), status=422)


def _correct(request: HttpRequest, membership: Membership, said: dict[str, Any]) -> None:
    user = signed_in(request)
    key = f"desk:{user.pk}:{said['key']}"
    try:
        actions.correct_points(membership, said["points"], reason=said["reason"], by=user.actor, idempotency_key=key)
    except NeedsSecondPerson:
        if not said["allow_debt"]:
            raise
        actions.ask_for_correction(membership, said["points"], reason=said["reason"], by=user.actor)
        messages.success(request, _("Somebody else has to approve this. It waits on the list of corrections."))
    else:
        messages.success(request, _("The points are corrected."))


def _page(request: HttpRequest, membership: Membership, form: CorrectionForm) -> dict[str, Any]:
    user = signed_in(request)
    try:
        # That a hold ended moves nothing that the member has: it stands in the days beside the statement.
        told = visible_points(user, membership).exclude(kind=PointsKind.HELD_OUT)
        rows = page(told, NEWEST, mark=request.GET.get("page", ""), size=SIZE)
    except CursorError as error:
        raise Http404 from error
    customer = membership.customer
    return {
        "membership": membership,
        "customer": customer,
        "points": shown_points(membership, now()),
        "rows": [statement_row(row, membership.programme.zone) for row in rows.rows],
        "page": rows,
        "form": form,
        "may_correct": user.may(CORRECT_POINTS.name) and membership.state != "closed",
        "crumbs": [
            (customer.name if customer else "", customer.get_absolute_url() if customer else ""),
            (_("Points"), ""),
        ],
    }


def _form() -> CorrectionForm:
    return CorrectionForm(initial={"key": secrets.token_urlsafe(18)})


@requires(APPROVE_POINTS.name)
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List the corrections that wait for a second person, and those that were decided."""
    user = signed_in(request)
    state = request.GET.get("state", CorrectionState.WAITING)
    found = visible_requests(user).select_related("membership__programme", "membership__customer")
    if state in CorrectionState.values:
        found = found.filter(state=state)
    try:
        rows = page(found, NEWEST_ASKED, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    context = {
        "rows": [
            {
                "row": row,
                "points": shown.number(row.points),
                "when": shown.instant(row.asked_at),
                "may_decide": row.state == CorrectionState.WAITING and row.asked_by_id != user.pk,
                "is_own": row.state == CorrectionState.WAITING and row.asked_by_id == user.pk,
                "tone": {"waiting": "amber", "approved": "green"}.get(row.state, ""),
            }
            for row in rows.rows
        ],
        "page": rows,
        "state": state,
        "states": [*CorrectionState.choices, ("all", _("All corrections"))],
    }
    return render(request, "loyalty/points_requests.html", context)


@requires(APPROVE_POINTS.name)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    asked = request_for(user, pk)
    is_yes = request.POST.get("decision") == "approve"
    try:
        (actions.approve_correction if is_yes else actions.refuse_correction)(asked, by=user.actor)
    except LoyaltyRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Approved: the points are taken off.") if is_yes else _("It was not approved."))
    return redirect("loyalty:points_requests")


@requires(MANAGE.name)
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Show what a programme owes in points, what expires unused, and each month's points."""
    user = signed_in(request)
    programmes = list(visible_programmes(user).exclude(state=ProgrammeState.DRAFT))
    programme = _chosen(request, programmes)
    found = points_report(programme, now()) if programme is not None else None
    context = {
        "programmes": programmes,
        "programme": programme,
        "report": found,
        "figures": _figures(found) if found is not None else [],
        "months": _months(found) if found is not None else [],
        "chart": _chart(found) if found is not None else None,
        "may_approve": user.may(APPROVE_POINTS.name),
    }
    return render(request, "loyalty/points_report.html", context)


@requires(MANAGE.name)
@require_safe
def report_file(request: HttpRequest) -> HttpResponse:
    """Hand out the report's months as a file, with plain numbers."""
    programme = _chosen(request, list(visible_programmes(signed_in(request)).exclude(state=ProgrammeState.DRAFT)))
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="points.csv"'
    # Spreadsheets take a file for UTF-8 when it begins so.
    answer.write("\ufeff")
    writer = csv.writer(answer)
    writer.writerow([_("Month"), _("Earned"), _("Used"), _("Expired"), _("Corrected")])
    for one in points_report(programme, now()).months if programme is not None else ():
        writer.writerow([f"{one.month:%Y-%m}", one.earned, one.used, one.expired, one.corrected])
    return answer


def _chosen(request: HttpRequest, programmes: list[Programme]) -> Programme | None:
    asked = request.GET.get("programme", "")
    return next((one for one in programmes if str(one.pk) == asked), programmes[0] if programmes else None)


def _figures(found: PointsReport) -> list[tuple[str, str]]:
    return [
        (shown.amount(found.liability, found.currency), _("owed to members")),
        (shown.number(found.available), _("points usable now")),
        (shown.number(found.pending), _("points on hold")),
        (shown.percent(found.breakage), _("of all points expire unused")),
    ]


def _months(found: PointsReport) -> list[tuple[str, str, str, str, str]]:
    return [
        (
            shown.month_and_year(one.month),
            shown.number(one.earned),
            shown.number(one.used),
            shown.number(one.expired),
            shown.number(one.corrected),
        )
        for one in reversed(found.months)
    ]


def _chart(found: PointsReport) -> BarChart:
    bars = [Bar(shown.month(one.month), max(0, one.earned), shown.number(one.earned)) for one in found.months]
    return BarChart(_("Points earned by month"), _said(found.months[-1].month, found.months[-1].earned), bars)


def _said(month: date, earned: int) -> str:
    return _("%(points)s points were earned in %(month)s.") % {
        "points": shown.number(earned),
        "month": shown.month_and_year(month),
    }

"""How long what is kept, what the next night would end, and the proof of what the earlier ones did."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accountability.access import MANAGE, SEE, run_for
from stamkunde.accountability.actions.asking import run_now
from stamkunde.accountability.actions.retention import change_rule
from stamkunde.accountability.forms import RuleForm
from stamkunde.accountability.queries import retention as found
from stamkunde.accountability.refusals import Refused
from stamkunde.accounts.access import signed_in
from stamkunde.kit import shown
from stamkunde.kit.addresses import address
from stamkunde.kit.clock import now
from stamkunde.kit.policy import requires


def _crumbs() -> list[tuple[str, str]]:
    return [(_("How long things are kept"), address("accountability:rules"))]


@requires(SEE.name)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    by_purpose: dict[str, list[found.ShownRule]] = {}
    for one in found.shown_rules():
        by_purpose.setdefault(one.purpose, []).append(one)
    return render(
        request,
        "accountability/rules.html",
        {"purposes": list(by_purpose.items()), "may_manage": signed_in(request).may(MANAGE.name)},
    )


@requires(MANAGE.name)
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, key: str) -> HttpResponse:
    held = found.holding_rule(key)
    words = next((one for one in found.shown_rules() if one.key == key), None)
    if held is None or words is None:
        raise Http404
    form = RuleForm(request.POST or None, rule=held)
    if request.method == "POST" and form.is_valid():
        try:
            change_rule(
                key,
                form.period,
                reason=form.cleaned_data["reason"],
                seen_version=form.cleaned_data["version"],
                by=signed_in(request).actor,
            )
        except Refused as refusal:
            form.add_error("number" if refusal.field == "period" else refusal.field or None, str(refusal))
        else:
            messages.success(request, _("The rule is saved. The next run keeps to it."))
            return redirect("accountability:rules")
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "accountability/rule.html",
        {"form": form, "rule": words, "crumbs": _crumbs()},
        status=status,
    )


@requires(SEE.name)
@require_safe
def rehearsal(request: HttpRequest) -> HttpResponse:
    at = now()
    return render(
        request,
        "accountability/rehearsal.html",
        {
            "rows": found.rehearsal(at),
            "at": shown.instant(at),
            "may_manage": signed_in(request).may(MANAGE.name),
            "crumbs": _crumbs(),
        },
    )


@requires(SEE.name)
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "accountability/runs.html",
        {
            "runs": [(one, shown.instant(one.at), number) for one, number in found.latest_runs()],
            "job": found.open_job(),
            "may_manage": signed_in(request).may(MANAGE.name),
            "crumbs": _crumbs(),
        },
    )


@requires(MANAGE.name)
@require_POST
def run_begin(request: HttpRequest) -> HttpResponse:
    run_now(by=signed_in(request).actor)
    messages.success(request, _("The run begins in a moment."))
    return redirect("accountability:runs")


@requires(SEE.name)
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    one = run_for(signed_in(request), pk)
    crumbs = [*_crumbs(), (_("What was ended"), address("accountability:runs"))]
    return render(
        request,
        "accountability/run.html",
        {"run": one, "at": shown.instant(one.at), "proofs": found.proofs_of(one), "crumbs": crumbs},
    )

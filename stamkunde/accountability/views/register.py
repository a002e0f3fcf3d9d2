"""The register of processing on a page and as a table, and the list of those who process data for the shop."""

import csv

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accountability.access import MANAGE, SEE, processor_for
from stamkunde.accountability.actions.processor import add_processor, change_processor, remove_processor
from stamkunde.accountability.forms import ProcessorForm
from stamkunde.accountability.models import Processor
from stamkunde.accountability.queries import register as found
from stamkunde.accountability.refusals import Stale
from stamkunde.accounts.access import signed_in
from stamkunde.kit.addresses import address
from stamkunde.kit.policy import requires
from stamkunde.kit.tabular.writing import harmless


@requires(SEE.name)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "accountability/register.html",
        {
            "entries": found.register(),
            "processors": found.processors(),
            "may_manage": signed_in(request).may(MANAGE.name),
        },
    )


@requires(SEE.name)
@require_safe
def register_csv(request: HttpRequest) -> HttpResponse:
    """Give one line for each column; what a spreadsheet would run as a formula is made harmless."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="register.csv"'
    response.write("\ufeff")
    table = csv.writer(response)
    table.writerow(found.HEADINGS)
    table.writerows([harmless(cell) for cell in line] for line in found.lines())
    return response


@requires(SEE.name)
@require_safe
def register_json(request: HttpRequest) -> HttpResponse:
    rows = [dict(zip(found.HEADINGS, line, strict=True)) for line in found.lines()]
    response = JsonResponse({"columns": rows}, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="register.json"'
    return response


@requires(MANAGE.name)
@require_http_methods(["GET", "POST"])
def processor_new(request: HttpRequest) -> HttpResponse:
    form = ProcessorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = add_processor(form.instance, by=signed_in(request).actor)
        messages.success(request, _("%(name)s is on the list.") % {"name": added.name})
        return redirect("accountability:register")
    return _processor_page(request, form, None)


@requires(MANAGE.name)
@require_http_methods(["GET", "POST"])
def processor(request: HttpRequest, pk: int) -> HttpResponse:
    current = processor_for(signed_in(request), pk)
    form = ProcessorForm(
        request.POST or None,
        instance=processor_for(signed_in(request), pk),
        initial={"version": current.version},
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_processor(form.instance, seen_version=form.cleaned_data["version"] or 0, by=signed_in(request).actor)
        except Stale as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": form.instance.name})
            return redirect("accountability:register")
    return _processor_page(request, form, current)


@requires(MANAGE.name)
@require_POST
def processor_remove(request: HttpRequest, pk: int) -> HttpResponse:
    current = processor_for(signed_in(request), pk)
    remove_processor(current, by=signed_in(request).actor)
    messages.success(request, _("%(name)s is off the list.") % {"name": current.name})
    return redirect("accountability:register")


def _processor_page(request: HttpRequest, form: ProcessorForm, current: Processor | None) -> HttpResponse:
    crumbs = [(_("Register of processing"), address("accountability:register"))]
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "processor": current, "crumbs": crumbs}
    return render(request, "accountability/processor.html", context, status=status)

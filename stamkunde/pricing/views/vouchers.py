"""Codes: their batches, a new one, one code looked up, and the file of a batch."""

from http import HTTPStatus

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.customers.access import may_see_customer, sees
from stamkunde.customers.models import Customer
from stamkunde.kit.paging import CursorError, Order, page
from stamkunde.kit.policy import requires
from stamkunde.kit.selections import exporter_for
from stamkunde.pricing import actions
from stamkunde.pricing.access import CODES, SEE, batch_for, visible_batches, visible_vouchers
from stamkunde.pricing.actions.asking import ask_for_batch
from stamkunde.pricing.models import BatchState, Voucher, VoucherBatch, VoucherRedemption
from stamkunde.pricing.queries.codes import looked_up, note_guess, written
from stamkunde.pricing.refusals import CodeRefused, CodeUnknown, PricingRefused
from stamkunde.pricing.shown_vouchers import batch_row, code_card
from stamkunde.pricing.tabs import offer_tabs
from stamkunde.pricing.voucher_forms import BatchForm, CodeForm, FileForm

NEWEST = Order("id")
SELECTED = "vouchers"
# A permission of the files' own module, which stands above.
TAKE_OUT = "exchange.export"


@requires(SEE.name)
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    return _list(request, CodeForm())


@requires(SEE.name)
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Look up a code: what it brings, and who used it when and where. It is sent, for addresses are kept in logs."""
    user = signed_in(request)
    if request.method == "GET":
        return redirect("pricing:batches")
    form = CodeForm(request.POST)
    asker = f"{user.actor.kind.value}:{user.actor.id}:"
    if form.is_valid():
        try:
            voucher = looked_up(form.cleaned_data["code"], asker=asker)
        except CodeRefused as refusal:
            if isinstance(refusal, CodeUnknown):
                note_guess(asker)
            form.add_error("code", refusal.sentence)
        else:
            crumbs = [(_("Vouchers"), reverse("pricing:batches")), (written(voucher), "")]
            context = {"card": code_card(voucher, user), "may_block": user.may(CODES.name), "crumbs": crumbs}
            return render(request, "pricing/code.html", context)
    return _list(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _list(request: HttpRequest, form: CodeForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    user = signed_in(request)
    try:
        rows = page(visible_batches(user), NEWEST, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    used = _used_of(rows.rows)
    context = {
        "rows": [batch_row(batch, user, used.get(batch.pk, 0)) for batch in rows.rows],
        "page": rows,
        "form": form,
        "tabs": offer_tabs(user, "pricing:batches"),
        "may_make": user.may(CODES.name),
    }
    return render(request, "pricing/batches.html", context, status=status)


def _used_of(batches: list[VoucherBatch]) -> dict[int, int]:
    live = VoucherRedemption.objects.filter(voucher__batch__in=[batch.pk for batch in batches], reversed_at=None)
    return dict(live.order_by().values_list("voucher__batch").annotate(Count("pk")))


@requires(CODES.name)
@require_http_methods(["GET", "POST"])
def batch_new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = BatchForm(request.POST or None, initial={"offer": request.GET.get("offer", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = ask_for_batch(_seen(form, user), by=user.actor)
        except PricingRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _said_begun(made))
            return redirect("pricing:batch", made.pk)
    crumbs = [(_("Vouchers"), reverse("pricing:batches")), (_("New codes"), "")]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "pricing/batch_new.html", {"form": form, "crumbs": crumbs}, status=status)


def _seen(form: BatchForm, user: User) -> actions.BatchValues:
    """Return the values; the number of a customer whom the person may not see is nobody's."""
    values = form.values
    if values.owner_id is not None and not may_see_customer(user, values.owner_id):
        raise PricingRefused(_("There is no such customer."), "owner")
    return values


def _said_begun(batch: VoucherBatch) -> str:
    if batch.state == BatchState.MAKING:
        return _("The codes are being made. You may leave this page meanwhile.")
    return _("The code is there. It holds as soon as its offer does.")


@requires(SEE.name)
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, batch_for(signed_in(request), pk), FileForm())


def _page(request: HttpRequest, current: VoucherBatch, form: FileForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    user = signed_in(request)
    may_see = user.may(CODES.name)
    try:
        rows = page(
            visible_vouchers(user).filter(batch=current).select_related("owner"),
            NEWEST,
            mark=request.GET.get("page", ""),
        )
    except CursorError as error:
        raise Http404 from error
    told = VoucherRedemption.objects.filter(voucher__batch=current).aggregate(
        live=Count("pk", filter=Q(reversed_at=None)), codes=Count("voucher", filter=Q(reversed_at=None), distinct=True)
    )
    context = {
        "batch": current,
        "row": batch_row(current, user, told["live"]),
        "used_codes": told["codes"],
        "rows": [(row, written(row), _owner(row, user)) for row in rows.rows] if may_see else [],
        "page": rows,
        "file_form": form,
        "may_make": may_see,
        "may_fetch": may_see and exporter_for(user) is not None and current.kind == "unique",
        "percent": 100 * current.made // max(1, current.wanted),
        "is_making": current.state == BatchState.MAKING,
        "may_block_all": may_see and current.state != BatchState.BLOCKED,
        "crumbs": [(_("Vouchers"), reverse("pricing:batches")), (current.name, "")],
    }
    return render(request, "pricing/batch.html", context, status=status)


def _owner(row: Voucher, user: User) -> Customer | None:
    return row.owner if row.owner is not None and sees(user, row.owner) else None


@requires(CODES.name)
@require_POST
def batch_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the making of codes, or let none of them hold any more."""
    user = signed_in(request)
    current = batch_for(user, pk)
    if request.POST.get("state") == BatchState.STOPPED:
        actions.stop_making(current, by=user.actor)
    elif request.POST.get("state") == BatchState.BLOCKED:
        actions.block_batch(current, by=user.actor)
        messages.success(request, _("The codes are blocked."))
    return redirect("pricing:batch", pk)


@requires(TAKE_OUT)
@require_POST
def batch_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the codes written into a file, which stands among the exports then."""
    user = signed_in(request)
    current, form, exporter = batch_for(user, pk), FileForm(request.POST), exporter_for(user)
    if exporter is None or not user.may(CODES.name):
        raise Http404
    if not form.is_valid():
        return _page(request, current, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    selection = {"entity": SELECTED, "batch": current.pk}
    exporter.ask(
        form=form.cleaned_data["form"],
        reason=form.cleaned_data["reason"],
        selection=selection,
        owner=user,
        by=user.actor,
    )
    messages.success(request, _("The file is being written. It will stand here when it is ready."))
    return redirect(exporter.view)


@requires(CODES.name)
@require_POST
def code_block(request: HttpRequest, pk: int, code_id: int) -> HttpResponse:
    """Let one code not hold any more."""
    user = signed_in(request)
    row = visible_vouchers(user).filter(batch=batch_for(user, pk), pk=code_id).first()
    if row is None:
        raise Http404
    actions.block_voucher(row, by=user.actor)
    messages.success(request, _("The code is blocked."))
    return redirect("pricing:batch", pk)

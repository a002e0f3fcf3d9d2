"""The settings of the payment provider, and trying them out."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.stepping_up import asks_again
from stamkunde.kit.policy import requires
from stamkunde.sales.access import PAYMENT_PROVIDER
from stamkunde.sales.actions.payment_provider import change_provider
from stamkunde.sales.forms.payment_provider import ProviderForm
from stamkunde.sales.models import PaymentProvider
from stamkunde.sales.payment_providers.contract import ProviderRefused, ProviderUnclear
from stamkunde.sales.provider_work import notice_address, provider_and_account
from stamkunde.sales.refusals import SaleRefused


@requires(PAYMENT_PROVIDER.name)
@asks_again
@require_http_methods(["GET", "HEAD", "POST"])
def provider_settings(request: HttpRequest) -> HttpResponse:
    row = PaymentProvider.objects.filter(pk=1).first()
    form = ProviderForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_provider(form.values, version=version or None, by=signed_in(request).actor)
        except SaleRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        else:
            messages.success(request, _("The settings of the payment provider are saved."))
            return redirect("sales:payment_provider")
    context = {
        "form": form,
        "row": row,
        "notice_url": notice_address(row.name) if row is not None else "",
        "crumbs": [(_("Settings"), "/settings/"), (_("Payment provider"), "")],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "sales/payment_provider.html", context, status=status)


@requires(PAYMENT_PROVIDER.name)
@require_POST
def provider_test(request: HttpRequest) -> HttpResponse:
    """Ask the provider for nothing, to see that address and key are right."""
    row = PaymentProvider.objects.filter(pk=1).first()
    try:
        provider, account = provider_and_account(row.name if row is not None else "")
        provider.try_out(account)
    except (SaleRefused, ProviderRefused, ProviderUnclear) as error:
        messages.warning(request, error.sentence)
    else:
        messages.success(request, _("The payment provider answers, and knows the shop."))
    return redirect("sales:payment_provider")

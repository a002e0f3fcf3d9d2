"""What a customer agrees to: always a short form with its proof, never changed in passing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import CHANGE, SEE, customer_for
from stamkunde.customers.actions import record_consent
from stamkunde.customers.forms.profile import ConsentForm
from stamkunde.customers.models import ConsentChannel, ConsentState
from stamkunde.customers.queries import consent_history
from stamkunde.customers.values import ConsentValues
from stamkunde.customers.views.answers import small_form
from stamkunde.kit.policy import requires


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def consents(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a yes or a no."""
    user = signed_in(request)
    customer = customer_for(user, pk)

    def save(form: ConsentForm) -> str:
        data = form.cleaned_data
        values = ConsentValues(
            channel=ConsentChannel(data["channel"]),
            state=ConsentState(data["state"]),
            evidence=data["evidence"],
            wording=data["wording"],
            language=customer.language,
        )
        record_consent(pk, values, by=user.actor)
        return _("The answer was recorded.")

    initial = {"channel": request.GET.get("channel", "")}
    return small_form(request, customer, "consents", ConsentForm, save, title=_("Record an answer"), initial=initial)


@require_GET
@requires(SEE.name)
def consent_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every yes and every no there ever was."""
    customer = customer_for(signed_in(request), pk)
    crumbs = [(_("Customers"), "/customers/"), (customer.name, customer.get_absolute_url()), (_("Consents"), "")]
    context = {
        "customer": customer,
        "answers": consent_history(customer),
        "may_change": signed_in(request).may(CHANGE.name),
        "crumbs": crumbs,
    }
    return render(request, "customers/consents.html", context)

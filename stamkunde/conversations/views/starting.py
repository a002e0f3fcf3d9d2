"""A conversation that the shop begins."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.conversations.access import ANSWER
from stamkunde.conversations.actions import start_conversation
from stamkunde.conversations.channels.recipients import own_address
from stamkunde.conversations.models import Mailbox
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.customers.access import visible_customers
from stamkunde.customers.models import ContactKind, Customer
from stamkunde.kit.policy import requires


class NewForm(forms.Form):
    address = forms.EmailField(label=gettext_lazy("To"), max_length=254)
    mailbox = forms.ModelChoiceField(label=gettext_lazy("From"), queryset=Mailbox.objects.none())
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300)
    text = forms.CharField(label=gettext_lazy("Message"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 8}))


@requires(ANSWER.name)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write to a customer first; nobody is written to twice where the form is sent again."""
    user = signed_in(request)
    customer = customer_asked_for(request)
    boxes = Mailbox.objects.filter(is_used=True)
    known = own_address(customer.pk, ContactKind.EMAIL) if customer else []
    form = NewForm(request.POST or None, initial={"address": known[0] if known else "", "mailbox": boxes.first()})
    form.fields["mailbox"].queryset = boxes  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            said = start_conversation(
                asked["mailbox"],
                asked["address"],
                asked["subject"],
                asked["text"],
                customer_id=customer.pk if customer else None,
                by=user.actor,
            )
        except ConversationRefused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            undo = reverse("conversations:undo", args=[said.conversation_id, said.pk])
            messages.success(request, _("Your message goes out in ten seconds."), extra_tags=f"undo:{undo}")
            return redirect("conversations:conversation", said.conversation_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    context = {"form": form, "customer": customer, "has_mailbox": boxes.exists()}
    return render(request, "conversations/new.html", context, status=status)


def customer_asked_for(request: HttpRequest) -> Customer | None:
    """Return the customer whom the address names, if the person may see one."""
    number = request.GET.get("customer", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    return visible_customers(signed_in(request)).filter(pk=int(number)).first()

"""A conversation that the shop begins by text message or messenger."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.conversations.access import ANSWER, lines_to_write_by
from stamkunde.conversations.actions import start_text_conversation
from stamkunde.conversations.channels.recipients import own_address
from stamkunde.conversations.channels.text import LONGEST_MESSENGER, shown_templates
from stamkunde.conversations.chosen_template import chosen, gaps, typed_of
from stamkunde.conversations.models import TextLine, TextProviderName
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.values import AnswerValues
from stamkunde.conversations.views.starting import customer_asked_for
from stamkunde.customers.models import ContactKind
from stamkunde.kit.policy import requires


class NewTextForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("To"), max_length=60, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    line = forms.ModelChoiceField(label=gettext_lazy("From"), queryset=TextLine.objects.none(), empty_label=None)
    text = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=LONGEST_MESSENGER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "data-counted": ""}),
    )


@requires(ANSWER.name)
@require_http_methods(["GET", "POST"])
def new_text(request: HttpRequest) -> HttpResponse:
    """Write to a customer first by a number of the shop; WhatsApp takes an approved template for that."""
    user = signed_in(request)
    customer = customer_asked_for(request)
    lines = lines_to_write_by(user)
    known = own_address(customer.pk, ContactKind.PHONE) if customer else []
    form = NewTextForm(request.POST or None, initial={"number": known[0] if known else "", "line": lines.first()})
    form.fields["line"].queryset = lines  # type: ignore[attr-defined]
    typed = typed_of(request.POST)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        values = AnswerValues(text=asked["text"])
        if asked["line"].provider == TextProviderName.WHATSAPP:
            template, fields = chosen(typed)
            values = AnswerValues(text=asked["text"], template_id=template, fields=fields)
        try:
            said = start_text_conversation(
                asked["line"], asked["number"], values, customer_id=customer.pk if customer else None, by=user.actor
            )
        except ConversationRefused as refusal:
            field = {"recipients": "number", "text": "text"}.get(refusal.field)
            form.add_error(field, refusal.sentence)
        else:
            undo = reverse("conversations:undo", args=[said.conversation_id, said.pk])
            messages.success(request, _("Your message goes out in ten seconds."), extra_tags=f"undo:{undo}")
            return redirect("conversations:conversation", said.conversation_id)
    messengers = [one for one in lines if one.provider == TextProviderName.WHATSAPP]
    context: dict[str, Any] = {
        "form": form,
        "customer": customer,
        "has_line": bool(lines),
        "templates": [template for line in messengers for template in shown_templates(line)],
        "messengers": [line.pk for line in messengers],
        "filled": typed,
        "gaps": gaps(typed),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "conversations/new_text.html", context, status=status)

"""Writing a letter, with a look at the paper while it is written, and each letter as PDF."""

from base64 import b64encode
from http import HTTPStatus
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.conversations.access import ANSWER, SEE, conversation_for, letter_for
from stamkunde.conversations.actions import start_letter, write_letter
from stamkunde.conversations.actions.writing import MEGABYTES, MOST_FILES
from stamkunde.conversations.letter_checks import checked_letter, draft_paper
from stamkunde.conversations.letter_forms import LetterForm
from stamkunde.conversations.models import Attachment, Conversation
from stamkunde.conversations.paper.drawing import AddressUnfit, drawn
from stamkunde.conversations.paper.pictures import pages_as_pictures
from stamkunde.conversations.print_runs import content_of_letter
from stamkunde.conversations.queries.composing import draft_of
from stamkunde.conversations.queries.letters import instead_of_letters
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.values import FileValues
from stamkunde.customers.access import visible_customers
from stamkunde.customers.models import Customer
from stamkunde.kit.clock import now
from stamkunde.kit.policy import requires

SHOWN_PAGES = 4


@requires(ANSWER.name)
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a letter in a conversation; what stood in its box and was attached there is taken along."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    if talk.merged_into_id is not None:
        return redirect("conversations:letter", talk.merged_into_id)
    if talk.customer is None:
        messages.warning(request, _("A letter goes to a customer's address. Say first whose the conversation is."))
        return redirect("conversations:whose", pk)
    draft = draft_of(user, talk)
    begun = {"subject": talk.subject, "text": draft.text if draft and not draft.is_note else ""}
    return _page(request, user, talk.customer, talk, begun)


@requires(ANSWER.name)
@require_http_methods(["GET", "POST"])
def letter_new(request: HttpRequest) -> HttpResponse:
    """Begin a conversation by a letter to a customer."""
    user = signed_in(request)
    if not request.GET.get("customer"):
        messages.warning(request, _("Open the customer first, and choose there to write a letter."))
        return redirect("conversations:inbox")
    customer = _customer(user, request.GET["customer"])
    if customer is None:
        raise Http404
    return _page(request, user, customer, None, {})


def _page(
    request: HttpRequest, user: User, customer: Customer, talk: Conversation | None, begun: dict[str, str]
) -> HttpResponse:
    form = LetterForm(request.POST or None, customer=customer, initial=begun)
    kept = list(Attachment.objects.filter(draft__conversation=talk, draft__user=user)) if talk else []
    key = f"letter:{user.pk}:{request.POST.get('key', '')}"[:255]
    if request.method == "POST" and form.is_valid():
        try:
            values = form.values(tuple(one.pk for one in kept), _files(request))
            if talk is None:
                said = start_letter(customer.pk, values, by=user.actor, idempotency_key=key)
            else:
                said = write_letter(talk, values, by=user.actor, idempotency_key=key)
        except ConversationRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            if request.FILES:
                form.add_error(None, _("Nothing was kept yet. Choose the files to be enclosed once more."))
        else:
            undo = reverse("conversations:undo", args=[said.conversation_id, said.pk])
            messages.success(request, _("The letter waits to be printed."), extra_tags=f"undo:{undo}")
            return redirect("conversations:conversation", said.conversation_id)
    context = {
        "form": form,
        "customer": customer,
        "talk": talk,
        "files": kept,
        "instead": instead_of_letters(customer.pk) if not form.has_address or form.bad else "",
        # Sent twice by an impatient hand it is one letter.
        "form_key": request.POST.get("key") or uuid4().hex,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "conversations/letter.html", context, status=status)


@requires(ANSWER.name)
@require_POST
def letter_preview(request: HttpRequest) -> HttpResponse:
    """Show the paper as it would be now; nothing is kept."""
    user = signed_in(request)
    customer = _customer(user, request.POST.get("customer", ""))
    if customer is None:
        raise Http404
    form = LetterForm(request.POST, customer=customer)
    pictures: list[str] = []
    number, refused = 0, ""
    if form.is_valid():
        values = form.values()
        try:
            unkept = checked_letter(customer, values, user.actor, is_begun=True)
            names = [name for name in request.POST.getlist("enclosed") if name][:MOST_FILES]
            content, _pages = drawn([draft_paper(unkept, values, names)], title="", at=now())
            pages, number = pages_as_pictures(content, SHOWN_PAGES)
            pictures = [f"data:image/png;base64,{b64encode(one).decode('ascii')}" for one in pages]
        except ConversationRefused as refusal:
            refused = refusal.sentence
        except AddressUnfit:
            refused = _("The address has more lines than the window of the envelope shows. Shorten it in the profile.")
    context = {"pictures": pictures, "number": number, "more": max(0, number - len(pictures)), "refused": refused}
    return render(request, "conversations/parts/letter_preview.html", context)


@requires(SEE.name)
@require_safe
def letter_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out one letter as PDF, to be looked at; printing is what the list of letters is for."""
    found = letter_for(signed_in(request), pk)
    response = HttpResponse(content_of_letter(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="letter-{found.pk}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _customer(user: User, number: str) -> Customer | None:
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    return visible_customers(user).filter(pk=int(number)).first()


def _files(request: HttpRequest) -> tuple[FileValues, ...]:
    sent = request.FILES.getlist("files")
    if len(sent) > MOST_FILES:
        raise ConversationRefused(_("More than twenty files cannot go with one message. Put them into one."), "files")
    if sum(file.size or 0 for file in sent) > MEGABYTES * 1024 * 1024:
        raise ConversationRefused(_("The files are larger than 25 MB together. Choose smaller ones."), "files")
    return tuple(FileValues(name=file.name or "", content=file.read()) for file in sent if file.size)

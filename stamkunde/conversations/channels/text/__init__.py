"""Text messages and messengers: answered from a number of the shop, one message after another, without files."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accounts.queries import the_shop
from stamkunde.conversations.channels.contract import Composer, Way
from stamkunde.conversations.channels.recipients import last_writer, own_address, those_who_take_part
from stamkunde.conversations.channels.text.segments import counted
from stamkunde.conversations.channels.text.window import filled, gaps_of, needs_template, open_until
from stamkunde.conversations.channels.text.words import is_stop
from stamkunde.conversations.models import (
    Attachment,
    Channel,
    Conversation,
    Direction,
    Dispatch,
    DispatchState,
    Message,
    TextLine,
    TextProviderName,
    TextTemplate,
)
from stamkunde.conversations.noticed import Noticed
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.values import AddressValues, AnswerValues
from stamkunde.customers.models import Consent, ConsentChannel, ConsentState, ContactKind
from stamkunde.customers.phones import read_phone, region_of
from stamkunde.customers.suppressing import digest_of, is_anybody_suppressed, suppressed
from stamkunde.kit import shown
from stamkunde.kit.clock import now

MOST_PARTS = 10
LONGEST_SMS = 1_530
LONGEST_MESSENGER = 4_096


class _Texts(Way):
    """What text messages and messengers share."""

    can_answer = True
    transport = "conversations.send_texts"
    settings_page = "conversations:text_lines"
    starting_page = "conversations:new_text"
    # A messenger is electronic mail like a text message: whoever has had enough of one has had enough of both.
    consent = ConsentChannel.SMS

    def can_write(self, talk: Conversation) -> bool:
        return talk.text_line_id is not None

    def usual_recipients(self, talk: Conversation) -> list[str]:
        if last := last_writer(talk):
            return [last]
        return those_who_take_part(talk)[:1] or own_address(talk.customer_id, ContactKind.PHONE)

    def address(self, written: str) -> str:
        try:
            return read_phone(written, region_of(the_shop().country)).value
        except ValidationError as error:
            raise ConversationRefused(" ".join(error.messages), "recipients") from error

    def checked(self, talk: Conversation, values: AnswerValues, files: Collection[Attachment]) -> AnswerValues:
        line = talk.text_line
        if line is None or not line.is_used:
            raise ConversationRefused(
                _("The number by which this came is not in use any more. Write by another number, or call.")
            )
        if files:
            raise ConversationRefused(_("No file goes out by this channel. Take it off, or write an e-mail."), "files")
        if len(values.recipients) != 1:
            raise ConversationRefused(_("A text message goes to one number. Write one."), "recipients")
        address = self.address(values.recipients[0].address)
        self._refuse_suppressed(talk, address)
        recipient = AddressValues(address=address, name=values.recipients[0].name)
        text, fields = self._text(line, talk, values)
        return replace(values, text=text, fields=tuple(fields), recipients=(recipient,))

    def _text(self, line: TextLine, talk: Conversation, values: AnswerValues) -> tuple[str, list[str]]:
        text = values.text.strip()
        if len(text) > self.composer.longest or (self.kind == Channel.SMS and counted(text).parts > MOST_PARTS):
            raise ConversationRefused(
                _("This is too long for a message: it may be %(letters)s letters. Shorten it, or write an e-mail.")
                % {"letters": shown.number(self.composer.longest)},
                "text",
            )
        return text, []

    def _refuse_suppressed(self, talk: Conversation, number: str) -> None:
        """Refuse to write to somebody who was erased, unless they have written here themselves since."""
        if not is_anybody_suppressed() or not suppressed([digest_of(ContactKind.PHONE, number)]):
            return
        if not Message.objects.filter(conversation=talk, direction=Direction.IN, from_address=number).exists():
            raise ConversationRefused(
                _(
                    "%(address)s belongs to somebody whose data was erased at their own wish. They can write to the "
                    "shop, and are answered then; nobody writes to them first."
                )
                % {"address": number},
                "recipients",
            )

    def sender(self, talk: Conversation) -> str:
        return talk.text_line.number if talk.text_line else ""

    def queued(self, talk: Conversation, values: AnswerValues) -> dict[str, Any]:
        said: dict[str, Any] = {"text_line": talk.text_line}
        if values.template_id is not None:
            template = TextTemplate.objects.get(pk=values.template_id)
            said["template"] = {
                "name": template.name, "language": template.language, "fields": list(values.fields),
            }  # fmt: skip
        return said

    def with_work(self) -> list[int]:
        """Return the lines of this channel that have something to send, or something whose worker disappeared."""
        at = now()
        due = Dispatch.objects.filter(text_line=OuterRef("pk"), state=DispatchState.QUEUED, due_at__lte=at)
        lost = Dispatch.objects.filter(text_line=OuterRef("pk"), state=DispatchState.SENDING, leased_until__lt=at)
        awake = Q(sending_rests_until=None) | Q(sending_rests_until__lte=at)
        busy = TextLine.objects.filter(self._lines(), (Exists(due) & awake & Q(is_used=True)) | Exists(lost))
        return list(busy.order_by("pk").values_list("pk", flat=True))

    def _lines(self) -> Q:
        is_messenger = Q(provider=TextProviderName.WHATSAPP)
        return is_messenger if self.kind == Channel.MESSENGER else ~is_messenger

    def why_nothing_leaves(self, dispatch: Dispatch) -> str:
        line = dispatch.text_line
        if line is None:
            return _("This conversation has no number of ours, so nothing is sent from it. Begin a new one.")
        if not line.is_used:
            return _("%(line)s is not in use, so what is written waits here until it is again.") % {"line": line.name}
        if line.sending_failing_since is not None:
            return _("%(line)s cannot send just now, and is tried again by itself: %(why)s") % {
                "line": line.name,
                "why": line.sending_failure,
            }
        return ""

    def still_tried(self, answer: str) -> str:
        return _("The provider does not take it yet and is asked again: %(answer)s") % {"answer": answer}

    def shown(self, talk: Conversation) -> Mapping[str, Any]:
        """Tell what whoever answers has to know: whether advertising was ended, and whether the day is over."""
        line = talk.text_line
        until = open_until(talk) if self.kind == Channel.MESSENGER else None
        is_over = needs_template(line, talk)
        return {
            "counts_parts": self.kind == Channel.SMS,
            "ended": _ended(talk),
            "window_until": shown.instant(until) if until else "",
            "needs_template": is_over,
            "templates": shown_templates(line) if is_over and line else [],
        }

    def is_opt_out(self, text: str) -> bool:
        return is_stop(text)


class Sms(_Texts):
    kind = Channel.SMS
    icon = "device-mobile"
    composer = Composer(
        sentence=gettext_lazy("Goes to the customer as a text message."),
        longest=LONGEST_SMS,
        input_mode="tel",
        template="conversations/parts/text_composer.html",
        script="conversations/texts.js",
        style="conversations/texts.css",
    )


class Messenger(_Texts):
    kind = Channel.MESSENGER
    icon = "message"
    composer = Composer(
        sentence=gettext_lazy("Goes to the customer in WhatsApp."),
        longest=LONGEST_MESSENGER,
        input_mode="tel",
        template="conversations/parts/text_composer.html",
        script="conversations/texts.js",
        style="conversations/texts.css",
    )

    def _text(self, line: TextLine, talk: Conversation, values: AnswerValues) -> tuple[str, list[str]]:
        if values.template_id is not None:
            template = TextTemplate.objects.filter(pk=values.template_id, text_line=line, is_used=True).first()
            if template is None:
                raise ConversationRefused(_("That template is not there any more. Choose another one."), "template")
            return filled(template, values.fields)
        if needs_template(line, talk):
            raise ConversationRefused(
                _(
                    "More than a day has passed since the customer wrote, so WhatsApp takes an approved template only. "
                    "Choose one, or call."
                ),
                "template",
            )
        return super()._text(line, talk, values)


def channel_of(line: TextLine) -> Channel:
    return Channel.MESSENGER if line.provider == TextProviderName.WHATSAPP else Channel.SMS


def shown_templates(line: TextLine) -> list[dict[str, Any]]:
    """Return the templates of a line that may be sent, each with how many gaps it has."""
    rows = TextTemplate.objects.filter(text_line=line, is_used=True)
    return [
        {"id": one.pk, "name": f"{one.name} ({one.language})", "text": one.text, "gaps": gaps_of(one.text)}
        for one in rows
    ]


def _ended(talk: Conversation) -> str:
    """Return when the customer ended advertising by this channel; empty where they did not."""
    if talk.customer_id is not None:
        newest = Consent.objects.filter(customer=talk.customer_id, channel=ConsentChannel.SMS).order_by("-at", "-pk")
        last = newest.values_list("state", "at").first()
        return shown.instant(last[1]) if last is not None and last[0] == ConsentState.WITHDRAWN else ""
    words = Message.objects.filter(conversation=talk, direction=Direction.IN).order_by("-said_at", "-pk")
    for flags, at in words.values_list("flags", "said_at")[:20]:
        if Noticed.STARTS in flags:
            return ""
        if Noticed.STOPS in flags:
            return shown.instant(at)
    return ""

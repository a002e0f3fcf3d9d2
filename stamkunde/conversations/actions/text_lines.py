"""Numbers for text messages set up by somebody: at which provider, how we are let in, and the approved templates."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Language, Team
from stamkunde.accounts.queries import the_shop
from stamkunde.conversations.channels.text.lines import HOOK_KEY, HOOK_SECRET, SECRET, digest_of, drawn_key
from stamkunde.conversations.channels.text.providers import provider_of
from stamkunde.conversations.channels.text.window import GAP, MOST_GAPS, gaps_of
from stamkunde.conversations.events.texts import TextLineAdded, TextLineChanged, TextTemplateChanged
from stamkunde.conversations.models import Assigning, TextLine, TextProviderName, TextTemplate
from stamkunde.conversations.refusals import ConversationRefused, Stale
from stamkunde.customers.phones import read_phone, region_of
from stamkunde.events.publishing import action, publish
from stamkunde.kit import net
from stamkunde.kit.actor import Actor
from stamkunde.kit.sealing import seal

ACCOUNT = re.compile(r"[A-Za-z0-9_.:-]{1,120}")
TEMPLATE_NAME = re.compile(r"[a-z0-9_]{1,120}")
TEMPLATE_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
LONGEST_TEMPLATE = 1_024


@dataclass(frozen=True, kw_only=True)
class TextLineValues:
    """What is set of a line. A secret left empty stays as it is; an empty address is the provider's own."""

    name: str
    provider: str
    number: str
    account: str
    is_used: bool = True
    team_id: int | None = None
    assigning: str = Assigning.NOBODY
    language: str = ""
    url: str = ""
    megabytes: int = 16
    secret: str = ""
    hook_secret: str = ""


@dataclass(frozen=True, kw_only=True)
class TemplateValues:
    name: str
    language: str
    text: str
    is_used: bool = True


@action
def add_text_line(values: TextLineValues, *, by: Actor) -> TextLine:
    """Set up a number; the address at which its provider hands in is drawn here."""
    line = TextLine()
    _fill(line, values)
    _draw_key(line)
    try:
        with transaction.atomic():
            line.save(force_insert=True)
    except IntegrityError as error:
        raise _already_there(line.number) from error
    publish(TextLineAdded(text_line_id=line.pk, line_name=line.name), by=by)
    return line


@action
def change_text_line(line: TextLine, values: TextLineValues, *, version: int, by: Actor) -> TextLine:
    """Change a number as it was seen, and try at once again what could not be sent."""
    row = TextLine.objects.select_for_update().get(pk=line.pk)
    if row.version != version:
        raise Stale
    _fill(row, values)
    row.sending_failing_since, row.sending_failure, row.sending_rests_until = None, "", None
    row.version += 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _already_there(row.number) from error
    publish(TextLineChanged(text_line_id=row.pk, line_name=row.name), by=by)
    return row


@action
def draw_hook_key(line: TextLine, *, by: Actor) -> TextLine:
    """Draw another address for what the provider hands in; the former one leads nowhere any more."""
    row = TextLine.objects.select_for_update().get(pk=line.pk)
    _draw_key(row)
    row.version += 1
    row.save()
    publish(TextLineChanged(text_line_id=row.pk, line_name=row.name), by=by)
    return row


@action
def add_text_template(line: TextLine, values: TemplateValues, *, by: Actor) -> TextTemplate:
    """Write down a template that the provider approved."""
    if line.provider != TextProviderName.WHATSAPP:
        raise ConversationRefused(_("Only WhatsApp asks for templates. Text messages go out as they are written."))
    template = TextTemplate(text_line=line)
    _fill_template(template, values)
    return _kept(template, by, is_new=True)


@action
def change_text_template(template: TextTemplate, values: TemplateValues, *, version: int, by: Actor) -> TextTemplate:
    row = TextTemplate.objects.select_for_update().select_related("text_line").get(pk=template.pk)
    if row.version != version:
        raise Stale
    _fill_template(row, values)
    row.version += 1
    return _kept(row, by, is_new=False)


def _kept(template: TextTemplate, by: Actor, *, is_new: bool) -> TextTemplate:
    try:
        with transaction.atomic():
            template.save(force_insert=is_new)
    except IntegrityError as error:
        raise ConversationRefused(
            _("There is a template %(name)s in this language already. Change that one.") % {"name": template.name},
            "name",
        ) from error
    line = template.text_line
    publish(TextTemplateChanged(text_line_id=line.pk, line_name=line.name, template=template.name), by=by)
    return template


def _draw_key(line: TextLine) -> None:
    key = drawn_key()
    line.hook_key, line.hook_digest = seal(key, purpose=HOOK_KEY), digest_of(key)


def _fill(line: TextLine, values: TextLineValues) -> None:
    name = " ".join(values.name.replace("\0", "").split())[:80]
    if not name:
        raise ConversationRefused(_("Write a name for the number, such as “Text messages”."), "name")
    if values.provider not in TextProviderName.values:
        raise ConversationRefused(_("Choose one of those on the list."), "provider")
    provider = provider_of(values.provider)
    is_other = bool(line.pk) and (line.provider, line.account) != (values.provider, values.account.strip())
    line.name, line.provider, line.is_used = name, values.provider, values.is_used
    line.number = _number(values.number)
    line.team = _team(values.team_id)
    line.assigning = _chosen(values.assigning, Assigning.values, "assigning")
    line.language = _chosen(values.language, ["", *Language.values], "language")
    line.account = values.account.strip()
    if ACCOUNT.fullmatch(line.account) is None:
        raise ConversationRefused(
            _("Write what the provider calls it: %(label)s.") % {"label": provider.account_label}, "account"
        )
    former = line.url
    line.url = _url(values.url)
    if not 1 <= values.megabytes <= 100:
        raise ConversationRefused(_("Write a size from 1 to 100 megabytes."), "megabytes")
    line.megabytes = values.megabytes
    # What one account was let in by is not told to another address.
    kept_secret, kept_hook = ("", "") if is_other or former != line.url else (line.secret, line.hook_secret)
    line.secret = seal(values.secret, purpose=SECRET) if values.secret else kept_secret
    line.hook_secret = seal(values.hook_secret, purpose=HOOK_SECRET) if values.hook_secret else kept_hook
    if not line.secret:
        raise ConversationRefused(
            _("Write what the provider lets us in by: %(label)s.") % {"label": provider.secret_label}, "secret"
        )
    if provider.hook_secret_label and not line.hook_secret:
        raise ConversationRefused(
            _("Write what the provider signs with: %(label)s.") % {"label": provider.hook_secret_label}, "hook_secret"
        )


def _number(written: str) -> str:
    try:
        return read_phone(written, region_of(the_shop().country), for_company=True).value
    except ValidationError as error:
        raise ConversationRefused(" ".join(error.messages), "number") from error


def _url(written: str) -> str:
    url = written.strip().rstrip("/")
    if not url:
        return ""
    try:
        net.destination(url)
    except net.NotAllowed as error:
        raise ConversationRefused(error.sentence, "url") from error
    except net.NotReached:
        pass
    if not url.startswith("https://") and not net.is_inner(url):
        raise ConversationRefused(
            _("Outside the shop's own network the address begins with https://, or others read along."), "url"
        )
    if len(url) > 300:
        raise ConversationRefused(_("This address is too long. Write the provider's own, without what follows."), "url")
    return url


def _team(number: int | None) -> Team | None:
    if number is None:
        return None
    team = Team.objects.filter(pk=number).first()
    if team is None:
        raise ConversationRefused(_("That team is not there any more. Choose another one."), "team")
    return team


def _chosen(value: str, choices: list[str], field: str) -> str:
    if value not in choices:
        raise ConversationRefused(_("Choose one of those on the list."), field)
    return value


def _already_there(number: str) -> ConversationRefused:
    return ConversationRefused(
        _("The number %(number)s is set up already for this provider.") % {"number": number}, "number"
    )


def _fill_template(template: TextTemplate, values: TemplateValues) -> None:
    template.name = values.name.strip()
    if TEMPLATE_NAME.fullmatch(template.name) is None:
        raise ConversationRefused(
            _("Write the template's name as WhatsApp has it: small letters, digits and underscores."), "name"
        )
    template.language = values.language.strip()
    if TEMPLATE_LANGUAGE.fullmatch(template.language) is None:
        raise ConversationRefused(_("Write the language as WhatsApp has it, such as nb, sv, lv or en_US."), "language")
    text = values.text.replace("\0", "").strip()
    if not text or len(text) > LONGEST_TEMPLATE:
        raise ConversationRefused(_("Write the template's text as it was approved, up to 1,024 letters."), "text")
    numbers = {int(one) for one in GAP.findall(text)}
    if gaps_of(text) > MOST_GAPS or numbers != set(range(1, gaps_of(text) + 1)):
        raise ConversationRefused(_("Number the gaps from {{1}} on, without leaving one out, up to {{10}}."), "text")
    template.text, template.is_used = text, values.is_used

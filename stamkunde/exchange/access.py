"""What the exchange lets people do, and whose files they get."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.customers import access as customers_access
from stamkunde.exchange.exports import type_for
from stamkunde.exchange.models import ExportFile, ImportRun, RunState, Token, Webhook, WebhookMessage
from stamkunde.kit.clock import now
from stamkunde.kit.policy import Permission

IMPORT = Permission(
    "exchange.import", _("Import files of customers, products, prices, purchases and consents, and undo it.")
)
EXPORT = Permission(
    "exchange.export",
    _("Export into files what one may see: customers, products, prices, purchases, consents and notes."),
)
MANAGE_TOKENS = Permission(
    "exchange.manage_tokens", _("See everybody's tokens, end them, and make them with the rights of others.")
)
WEBHOOKS = Permission("exchange.webhooks", _("Choose which other programs are told what happens here."))

PERMISSIONS = (IMPORT, EXPORT, MANAGE_TOKENS, WEBHOOKS)


def visible_runs(user: User) -> QuerySet[ImportRun]:
    """Return all imports: whoever may import may also see, and undo, what colleagues imported."""
    runs = ImportRun.objects.exclude(state=RunState.DISCARDED)
    return runs if user.may(IMPORT.name) else runs.none()


def run_for(user: User, pk: int) -> ImportRun:
    run = visible_runs(user).filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


def visible_exports(user: User) -> QuerySet[ExportFile]:
    """Return the person's own exports only: a file holds what its owner was allowed to see."""
    return ExportFile.objects.filter(owner=user) if user.may(EXPORT.name) else ExportFile.objects.none()


def export_for(user: User, pk: int) -> ExportFile:
    export = visible_exports(user).filter(pk=pk).first()
    if export is None:
        raise Http404
    return export


def ready_export_for(user: User, pk: int) -> ExportFile:
    """Return a file that can be fetched now; one that has expired is as gone as one that never was.

    So is one that holds what its owner may no longer see.
    """
    export = export_for(user, pk)
    if export.state != ExportFile.State.READY or export.expires_at <= now():
        raise Http404
    if type_for(user, export.kind) is None:
        raise Http404
    if export.names_customers and not user.may(customers_access.SEE.name):
        raise Http404
    return export


def visible_tokens(user: User) -> QuerySet[Token]:
    """Return one's own tokens, and everybody's to whom it is given to look after them; the newest first."""
    tokens = Token.objects.order_by("-pk")
    return tokens if user.may(MANAGE_TOKENS.name) else tokens.filter(owner=user)


def token_for(user: User, pk: int) -> Token:
    token = visible_tokens(user).select_related("owner").filter(pk=pk).first()
    if token is None:
        raise Http404
    return token


def visible_webhooks(user: User) -> QuerySet[Webhook]:
    return Webhook.objects.all() if user.may(WEBHOOKS.name) else Webhook.objects.none()


def webhook_for(user: User, pk: int) -> Webhook:
    webhook = visible_webhooks(user).filter(pk=pk).first()
    if webhook is None:
        raise Http404
    return webhook


def message_for(user: User, webhook_pk: int, pk: int) -> WebhookMessage:
    message = WebhookMessage.objects.filter(webhook=webhook_for(user, webhook_pk), pk=pk).first()
    if message is None:
        raise Http404
    return message

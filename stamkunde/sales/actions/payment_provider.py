"""How the shop is paid through a provider: its settings, the links by which customers pay, and notifications taken."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Language, Till
from stamkunde.accounts.queries import the_shop
from stamkunde.events.publishing import action, publish
from stamkunde.kit import net
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.sealing import SealBroken, seal, unseal
from stamkunde.sales.actions import checks
from stamkunde.sales.actions.provider_payments import owing, the_provider
from stamkunde.sales.events import PaymentLinkMade, PaymentProviderChanged
from stamkunde.sales.models import Invoice, Order, PaymentAttempt, PaymentLink, PaymentProvider, ProviderNotice
from stamkunde.sales.payment_providers import provider_named
from stamkunde.sales.payment_providers.contract import Account, Notice
from stamkunde.sales.public_links import digest_of_link
from stamkunde.sales.queries.terminals import forget_terminals
from stamkunde.sales.refusals import SaleRefused, Stale

BOTH_SECRETS = timedelta(hours=24)
LINK_FOR = timedelta(days=60)
# Longer than a notification is valid, so that one that was taken cannot be sent again.
NOTICES_KEPT = timedelta(days=1)
_PURPOSE = "payment provider"


@dataclass(frozen=True, kw_only=True)
class ProviderValues:
    """What is set of the provider; a key or a secret left empty stays as it is. `terminals` are by a till's number."""

    name: str
    is_active: bool
    url: str = ""
    account: str = ""
    key: str = ""
    secret: str = ""
    deposit_percent: int = 100
    captures_later: bool = False
    terminals: dict[int, str] = field(default_factory=dict)


def change_provider(values: ProviderValues, *, version: int | None = None, by: Actor) -> PaymentProvider:
    """Set by whom the shop is paid. Raises SaleRefused, and Stale where somebody was faster."""
    if values.url:
        _refuse_unreachable(values.url)
    return _changed(values, version=version, by=by)


@action
def _changed(values: ProviderValues, *, version: int | None, by: Actor) -> PaymentProvider:
    if provider_named(values.name) is None:
        raise SaleRefused(_("Choose one of the payment providers."), "name")
    if not 1 <= values.deposit_percent <= 100:
        raise SaleRefused(_("Write a share between 1 and 100."), "deposit_percent")
    tills = set(Till.objects.filter(pk__in=values.terminals).values_list("pk", flat=True))
    if tills != set(values.terminals):
        raise SaleRefused(_("That till is not there."), "terminals")
    row, _is_new = PaymentProvider.objects.get_or_create(pk=1, defaults={"name": values.name})
    row = PaymentProvider.objects.select_for_update().get(pk=1)
    if version is not None and version != row.version:
        raise Stale(_("Somebody has changed these settings meanwhile. Look at what stands there now."))
    account = checks.plain(values.account, "account", 120)
    if not all(part.isascii() and (part.isalnum() or part in "-_") for part in account):
        raise SaleRefused(_("An account is made of letters, digits and dashes."), "account")
    if values.is_active and not (values.url and account and (values.key or row.sealed_key)):
        raise SaleRefused(_("Write address, account and key before payments are taken."), "is_active")
    if values.is_active and not (values.secret or row.sealed_secret):
        raise SaleRefused(_("Write the secret by which notifications are known to be the provider's."), "secret")
    row.name, row.is_active, row.url, row.account = values.name, values.is_active, values.url, account
    row.deposit_percent, row.captures_later = values.deposit_percent, values.captures_later
    row.terminals = {
        str(till): checks.plain(name, "terminals", 60) for till, name in values.terminals.items() if name.strip()
    }
    if values.key:
        row.sealed_key = seal(checks.plain(values.key, "key", 300), purpose=_PURPOSE)
    if values.secret:
        if row.sealed_secret:
            row.old_sealed_secret, row.old_secret_until = row.sealed_secret, now() + BOTH_SECRETS
        row.sealed_secret = seal(checks.plain(values.secret, "secret", 300), purpose=_PURPOSE)
    row.version += 1
    row.save()
    forget_terminals()
    publish(PaymentProviderChanged(provider=row.name, is_active=row.is_active, has_new_key=bool(values.key)), by=by)
    return row


def account_of(row: PaymentProvider) -> Account:
    """Return by what the provider knows the shop, keys and all. Raises SaleRefused where they cannot be read."""
    sealed = [row.sealed_secret]
    if row.old_sealed_secret and row.old_secret_until and row.old_secret_until > now():
        sealed.append(row.old_sealed_secret)
    try:
        return Account(
            url=row.url,
            account=row.account,
            key=unseal(row.sealed_key, purpose=_PURPOSE),
            secrets=tuple(unseal(one, purpose=_PURPOSE) for one in sealed if one),
        )
    except SealBroken as error:
        raise SaleRefused(
            _("The key of the payment provider cannot be read any more. Write it anew in the settings."), "key"
        ) from error


@action
def make_payment_link(
    order: Order, invoice: Invoice | None, *, by: Actor, lasts: timedelta = LINK_FOR, language: str = ""
) -> tuple[PaymentLink, str]:
    """Make a link by which an invoice or a purchase is paid, and return its token, which nobody can read again."""
    owing(order, invoice, the_provider())
    token = secrets.token_urlsafe(32)
    known = order.customer.language if order.customer is not None else ""
    at = now()
    link = PaymentLink.objects.create(
        order=order,
        invoice=invoice,
        digest=digest_of_link(token),
        language=next((one for one in (language, known) if one in Language.values), the_shop().language),
        made_at=at,
        made_by="" if by.kind is ActorKind.CUSTOMER else by.label[:120],
        ends_at=at + lasts,
    )
    publish(PaymentLinkMade(customer_id=order.customer_id, order_id=order.pk), by=by)
    return link, token


@action
def take_notice(provider: str, notice: Notice) -> PaymentAttempt | None:
    """Remember a notification and return the payment it is about, which is to be asked about now.

    One that was taken before does nothing; nor does one about a payment that nobody here has heard of yet.
    """
    at = now()
    try:
        with transaction.atomic():
            ProviderNotice.objects.create(provider=provider, notice=notice.notice, at=at)
    except IntegrityError:
        return None
    concerned = PaymentAttempt.objects.filter(provider=provider, provider_ref=notice.provider_ref)
    concerned.update(ask_at=at)
    return concerned.first()


@action
def clear_notices() -> int:
    """Forget notifications that are too old to be taken again anyway; return how many."""
    return ProviderNotice.objects.filter(at__lt=now() - NOTICES_KEPT).delete()[0]


def _refuse_unreachable(url: str) -> None:
    """Say at once what could never be reached; where it leads is looked at anew whenever something is asked."""
    try:
        net.destination(url)
    except net.NotAllowed as error:
        raise SaleRefused(error.sentence, "url") from error
    except net.NotReached:
        return

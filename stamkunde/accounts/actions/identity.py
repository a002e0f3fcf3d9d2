"""Knowing a member of staff by the company's account, linking it, taking it off."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.accounts.actions.sign_ins import end_sign_ins
from stamkunde.accounts.actions.staff import StaffRefused, change_staff
from stamkunde.accounts.events import IdentityLinked, IdentityUnlinked, StaffAdded
from stamkunde.accounts.models import ForeignIdentity, SignInMethod, User
from stamkunde.accounts.roles import Role
from stamkunde.accounts.single_sign_on.configuration import Provider
from stamkunde.accounts.single_sign_on.talking import SignOnRefused
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now


@action
def whose_identity(claims: dict[str, Any], provider: Provider) -> User:
    """Return who this is: whoever is linked, or somebody on the staff with this very e-mail, or somebody new.

    The provider's own name for a person decides; her e-mail is looked at once, at the first time, and only if the
    provider has made sure of it.
    """
    rows = ForeignIdentity.objects.filter(issuer=provider.issuer, subject=claims["sub"])
    identity = rows.select_related("user").first()
    user = identity.user if identity else _linked(claims, provider)
    if not user.is_active:
        raise SignOnRefused(_("Your access here has ended. Ask an administrator if that is a mistake."))
    rows.update(used_at=now())
    _follow_role(user, claims, provider)
    return user


@action
def unlink_identity(user: User, *, by: Actor) -> None:
    """Take the company's account off a member, and end what began with it; the next sign-in links anew by e-mail."""
    if ForeignIdentity.objects.filter(user=user).delete()[0]:
        end_sign_ins(user, method=SignInMethod.ELSEWHERE)
        publish(IdentityUnlinked(user_id=user.pk, staff_name=user.name), by=by)


def _linked(claims: dict[str, Any], provider: Provider) -> User:
    email = str(claims.get("email", "")).strip().lower()
    is_verified = claims.get("email_verified") is True or claims.get("email_verified") == "true"
    if not is_verified or not _is_email(email):
        raise SignOnRefused(
            _("The company's sign-in does not vouch for your e-mail. Ask whoever runs it to confirm the address.")
        )
    user = User.objects.filter(email=email).first() or _new(email, claims, provider)
    try:
        with transaction.atomic():
            ForeignIdentity.objects.create(user=user, issuer=provider.issuer, subject=claims["sub"])
    except IntegrityError as error:
        raise SignOnRefused(
            _("Another account of the company is linked to this e-mail already. Ask an administrator to take it off.")
        ) from error
    publish(IdentityLinked(user_id=user.pk, staff_name=user.name, issuer=provider.name), by=user.actor)
    return user


def _new(email: str, claims: dict[str, Any], provider: Provider) -> User:
    domain = email.rpartition("@")[2]
    if provider.new_role is None or (provider.new_domains and domain not in provider.new_domains):
        raise SignOnRefused(_("You are not on the staff here yet. Ask an administrator to add you with this e-mail."))
    name = str(claims.get("name", "") or email.partition("@")[0]).replace("\0", "").strip()[:120]
    user = User(email=email, name=name, role=provider.new_role)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        # Two of her browsers came in the same instant: she is one person.
        return User.objects.get(email=email)
    publish(StaffAdded(user_id=user.pk, staff_name=user.name, role=provider.new_role.value), by=SYSTEM)
    return user


def _follow_role(user: User, claims: dict[str, Any], provider: Provider) -> None:
    """Give the role that the provider's claim stands for; the first that is listed in the settings wins."""
    if not provider.role_claim:
        return
    said = claims.get(provider.role_claim, [])
    theirs = {said} if isinstance(said, str) else {str(one) for one in said} if isinstance(said, list) else set()
    role: Role | None = next((ours for name, ours in provider.roles.items() if name in theirs), None)
    if role is None or role == user.role:
        return
    try:
        change_staff(user, name=user.name, role=role, store=user.store, by=SYSTEM)
    except StaffRefused:
        # The last administrator stays one, whatever the provider says; nobody could mend it afterwards.
        return


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254

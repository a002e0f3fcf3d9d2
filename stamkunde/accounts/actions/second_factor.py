"""Setting up a second factor, using it, taking it off."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.accounts.actions.sign_ins import end_sign_ins
from stamkunde.accounts.events import (
    AuthenticatorAppAdded,
    AuthenticatorAppRemoved,
    PasskeyAdded,
    PasskeyRefused,
    PasskeyRemoved,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorDemanded,
    SecondFactorReset,
    SecondFactorThrottled,
)
from stamkunde.accounts.models import AuthenticatorApp, Passkey, RecoveryCode, Shop, User
from stamkunde.accounts.queries import forget_kept_shop, the_shop, the_shop_anew
from stamkunde.accounts.roles import Role
from stamkunde.accounts.second_factor.codes import new_paper_codes, paper_digest, step_of
from stamkunde.accounts.second_factor.passkeys import NewPasskey, Shown
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.sealing import SealBroken, seal, unseal

PURPOSE = "authenticator-app"
MOST_PASSKEYS = 20


class SecondFactorRefused(Exception):
    """A second factor that cannot be set up or taken off; its text tells the person what to do."""


@action
def add_authenticator_app(user: User, secret: str, code: str, *, by: Actor) -> list[str]:
    """Keep an app whose first code was typed; return new codes for paper if there are none yet."""
    step = step_of(secret, code)
    if step is None:
        raise SecondFactorRefused(_("That is not the code which the app shows now. Please type the newest one."))
    AuthenticatorApp.objects.filter(user=user).delete()
    AuthenticatorApp.objects.create(
        user=user, sealed_secret=seal(secret, purpose=PURPOSE), last_step=step, used_at=now()
    )
    publish(AuthenticatorAppAdded(user_id=user.pk, staff_name=user.name), by=by)
    return _now_protected(user, by=by)


@action
def add_passkey(user: User, new: NewPasskey, name: str, *, by: Actor) -> tuple[Passkey, list[str]]:
    """Keep a passkey; return it, and new codes for paper if there are none yet."""
    if user.passkeys.count() >= MOST_PASSKEYS:
        raise SecondFactorRefused(_("There are twenty passkeys already. Remove one that is not used any more."))
    try:
        with transaction.atomic():
            passkey = Passkey.objects.create(
                user=user,
                name=name.strip()[:60] or _("Passkey"),
                credential_id=new.credential_id,
                credential=new.credential,
                sign_count=new.sign_count,
            )
    except IntegrityError as error:
        raise SecondFactorRefused(_("This passkey is known already.")) from error
    publish(PasskeyAdded(user_id=user.pk, staff_name=user.name, passkey_name=passkey.name), by=by)
    return passkey, _now_protected(user, by=by)


@action
def use_code(user: User, typed: str) -> bool:
    """Take a code of the app or one from paper, each good once; say whether it was right.

    The rows decide and not a look beforehand: of two that type the same code at once, one gets in.
    """
    return _use_app_code(user, typed) or _use_paper_code(user, typed)


@action
def use_passkey(shown: Shown) -> bool:
    """Note that a passkey was used; one whose own count went backwards may be a copy, and is refused."""
    passkey = shown.passkey
    rows = Passkey.objects.filter(pk=passkey.pk)
    if shown.sign_count or passkey.sign_count:
        rows = rows.filter(sign_count__lt=shown.sign_count)
    if rows.update(sign_count=shown.sign_count, used_at=now()):
        return True
    user = passkey.user
    publish(PasskeyRefused(user_id=user.pk, staff_name=user.name, passkey_name=passkey.name), by=user.actor)
    return False


@action
def make_recovery_codes(user: User, *, by: Actor) -> list[str]:
    """Replace a person's codes on paper; return the new ones, which are shown once and not kept."""
    codes = new_paper_codes()
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=paper_digest(user.pk, code)) for code in codes])
    publish(RecoveryCodesMade(user_id=user.pk, staff_name=user.name), by=by)
    return codes


@action
def remove_authenticator_app(user: User, *, by: Actor) -> None:
    rows = AuthenticatorApp.objects.filter(user=user)
    _keep_what_the_role_needs(user, without=rows.count())
    if rows.delete()[0]:
        publish(AuthenticatorAppRemoved(user_id=user.pk, staff_name=user.name), by=by)
        _still_protected(user)


@action
def remove_passkey(passkey: Passkey, *, by: Actor) -> None:
    user = passkey.user
    _keep_what_the_role_needs(user, without=1)
    if Passkey.objects.filter(pk=passkey.pk).delete()[0]:
        publish(PasskeyRemoved(user_id=user.pk, staff_name=user.name, passkey_name=passkey.name), by=by)
        _still_protected(user)


@action
def reset_second_factor(user: User, *, by: Actor) -> None:
    """Take off all that a person has besides her password, for the day she has lost it; every session of hers ends."""
    if by.id == user.pk:
        raise SecondFactorRefused(_("Ask another administrator to reset your own second factor."))
    AuthenticatorApp.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    _still_protected(user)
    end_sign_ins(user)
    publish(SecondFactorReset(user_id=user.pk, staff_name=user.name), by=by)


@action
def demand_second_factor(roles: list[Role], *, by: Actor) -> None:
    """Decide in which roles a second factor is needed; it holds from everybody's next request."""
    the_shop()
    shop = Shop.objects.select_for_update().get(pk=1)
    wanted = [role.value for role in Role if role in roles]
    if shop.roles_with_second_factor == wanted:
        return
    shop.roles_with_second_factor = wanted
    shop.save(update_fields=["roles_with_second_factor"])
    forget_kept_shop()
    transaction.on_commit(forget_kept_shop)
    publish(SecondFactorDemanded(roles=wanted), by=by)


@action
def note_second_factor_throttling(user: User) -> None:
    publish(SecondFactorThrottled(user_id=user.pk, staff_name=user.name), by=user.actor)


def _use_app_code(user: User, typed: str) -> bool:
    app = AuthenticatorApp.objects.filter(user=user).first()
    if app is None:
        return False
    try:
        step = step_of(unseal(app.sealed_secret, purpose=PURPOSE), typed)
    except SealBroken:
        # The machine's key was changed without keeping the old one: the codes on paper still open.
        return False
    if step is None:
        return False
    return bool(AuthenticatorApp.objects.filter(pk=app.pk, last_step__lt=step).update(last_step=step, used_at=now()))


def _use_paper_code(user: User, typed: str) -> bool:
    own = RecoveryCode.objects.filter(user=user, used_at=None)
    if not own.filter(digest=paper_digest(user.pk, typed)).update(used_at=now()):
        return False
    left = own.count()
    publish(RecoveryCodeUsed(user_id=user.pk, staff_name=user.name, codes_left=left), by=user.actor)
    return True


def _now_protected(user: User, *, by: Actor) -> list[str]:
    user.has_second_factor = True
    user.save(update_fields=["has_second_factor"])
    if RecoveryCode.objects.filter(user=user, used_at=None).exists():
        return []
    return make_recovery_codes(user, by=by)


def _still_protected(user: User) -> None:
    """Keep true whether the person has a second factor; codes on paper alone are none."""
    has_app = AuthenticatorApp.objects.filter(user=user).exists()
    user.has_second_factor = has_app or Passkey.objects.filter(user=user).exists()
    user.save(update_fields=["has_second_factor"])
    if not user.has_second_factor:
        RecoveryCode.objects.filter(user=user).delete()


def _keep_what_the_role_needs(user: User, *, without: int) -> None:
    list(User.objects.select_for_update().filter(pk=user.pk).values_list("pk"))
    shop = the_shop_anew()
    own = AuthenticatorApp.objects.filter(user=user).count() + Passkey.objects.filter(user=user).count()
    if user.role in shop.roles_with_second_factor and own and own <= without:
        raise SecondFactorRefused(_("Your role needs a second factor, and this is the only one. Add another first."))

"""What the accounts module lets people do, and who is asking."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Store, Till, TillDevice, User
from stamkunde.kit.policy import Permission

MANAGE_STAFF = Permission("accounts.manage_staff", _("Add staff, choose their roles and end their access."))
MANAGE_SHOP = Permission("accounts.manage_shop", _("Change the shop's name, stores and tills."))
MANAGE_DEVICES = Permission("accounts.manage_devices", _("Register devices for the tills, and end them."))

PERMISSIONS = (MANAGE_STAFF, MANAGE_SHOP, MANAGE_DEVICES)


def signed_in(request: HttpRequest) -> User:
    """Return the member of staff before the page; the view's policy has let in nobody else."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def own_stores(user: User) -> QuerySet[Store]:
    """Return the stores a person works in: all of them, unless she is bound to some."""
    return Store.objects.all() if user.own_store_ids is None else Store.objects.filter(pk__in=user.own_store_ids)


def own_tills(user: User) -> QuerySet[Till]:
    tills = Till.objects.select_related("store")
    return tills if user.own_store_ids is None else tills.filter(store__in=user.own_store_ids)


def visible_devices(user: User) -> QuerySet[TillDevice]:
    """Return the registered devices of the stores a person works in."""
    if not user.may(MANAGE_DEVICES.name):
        return TillDevice.objects.none()
    return TillDevice.objects.filter(ended_at=None, till__in=own_tills(user))


def device_for(user: User, pk: int) -> TillDevice:
    device = visible_devices(user).select_related("till__store").filter(pk=pk).first()
    if device is None:
        raise Http404
    return device

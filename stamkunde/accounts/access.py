"""What the accounts module lets people do, and who is asking."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.kit.policy import Permission

MANAGE_STAFF = Permission("accounts.manage_staff", _("Add staff, choose their roles and end their access."))
MANAGE_SHOP = Permission("accounts.manage_shop", _("Change the shop's name, stores and tills."))

PERMISSIONS = (MANAGE_STAFF, MANAGE_SHOP)


def signed_in(request: HttpRequest) -> User:
    """Return the member of staff before the page; the view's policy has let in nobody else."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user

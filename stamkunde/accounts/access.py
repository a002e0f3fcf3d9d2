"""What the accounts module lets people do."""

from django.utils.translation import gettext_lazy as _

from stamkunde.kit.policy import Permission

MANAGE_STAFF = Permission("accounts.manage_staff", _("Add staff, choose their roles and end their access."))
MANAGE_SHOP = Permission("accounts.manage_shop", _("Change the shop's name, stores and tills."))

PERMISSIONS = (MANAGE_STAFF, MANAGE_SHOP)

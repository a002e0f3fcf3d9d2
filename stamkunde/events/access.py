"""What the events module lets people do."""

from django.utils.translation import gettext_lazy as _

from stamkunde.kit.policy import Permission

AUDIT = Permission("events.audit", _("Read the audit: who did what, and when."))

PERMISSIONS = (AUDIT,)

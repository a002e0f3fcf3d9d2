"""What this module lets people do."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accountability.models import Breach, Processor, RetentionRun
from stamkunde.accounts.models import User
from stamkunde.kit.policy import Permission

SEE = Permission("accountability.see", _("See how long what is kept, the register of processing, and breaches."))
MANAGE = Permission(
    "accountability.manage",
    _("Change how long things are kept where no law says so, keep the register, and record breaches."),
)

PERMISSIONS = (SEE, MANAGE)
_LARGEST = 1 << 63


def processor_for(user: User, pk: int) -> Processor:
    found = Processor.objects.filter(pk=pk).first() if user.may(SEE.name) and pk < _LARGEST else None
    if found is None:
        raise Http404
    return found


def breach_for(user: User, pk: int) -> Breach:
    found = Breach.objects.filter(pk=pk).first() if user.may(SEE.name) and pk < _LARGEST else None
    if found is None:
        raise Http404
    return found


def run_for(user: User, pk: int) -> RetentionRun:
    found = RetentionRun.objects.filter(pk=pk).first() if user.may(SEE.name) and pk < _LARGEST else None
    if found is None:
        raise Http404
    return found

"""What the tasks module lets people do."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.customers.access import RESTRICT
from stamkunde.kit.policy import Permission
from stamkunde.tasks.models import Task, TaskQuerySet

SEE = Permission("tasks.see", _("See what is to be done and what was promised to customers."))
DO = Permission("tasks.do", _("Write tasks, change them and settle them."))

PERMISSIONS = (SEE, DO)


def visible_tasks(user: User) -> TaskQuerySet:
    """Return the tasks a person may read; those about customers whose data may only be stored are left out."""
    if not user.may(SEE.name):
        return Task.objects.none()
    rows = Task.objects.all()
    return rows if user.may(RESTRICT.name) else rows.exclude(customer__restricted_at__isnull=False)


def task_for(user: User, pk: int) -> Task:
    """Return one a person may read; another one is not there."""
    found = visible_tasks(user).select_related("customer", "assigned_to", "team").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found

"""What the desk lets people do, and which saved views somebody sees."""

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.customers.access import SEE
from stamkunde.customers.models import Customer
from stamkunde.desk.models import BulkChange, ContactPutOff, NoteDraft, SavedView
from stamkunde.kit.policy import Permission

SHARE_VIEWS = Permission("desk.share_views", _("Share a saved view of a list with everybody."))
CHANGE_MANY = Permission("desk.change_many", _("Do something with everybody in a view of a list at once."))

PERMISSIONS = (SHARE_VIEWS, CHANGE_MANY)


def visible_views(user: User, entity: str = "customers") -> QuerySet[SavedView]:
    """Return one's own views and those that are shared."""
    return SavedView.objects.filter(Q(owner=user) | Q(is_shared=True), entity=entity)


def view_for(user: User, pk: int) -> SavedView:
    """Return a view the person may see, or answer that there is none."""
    try:
        return visible_views(user).get(pk=pk)
    except SavedView.DoesNotExist as error:
        raise Http404 from error


def changeable_view_for(user: User, pk: int) -> SavedView:
    """Return a view the person may change: one's own, and a shared one with the right to share."""
    view = view_for(user, pk)
    if view.owner_id != user.pk and not user.may(SHARE_VIEWS.name):
        raise Http404
    return view


def put_off_until(customer: Customer) -> date | None:
    """Return the day until which getting in touch with a customer is put off; None when it is not."""
    put_off = ContactPutOff.objects.filter(customer=customer, until__gt=timezone.localdate())
    return next(iter(put_off.values_list("until", flat=True)), None)


def visible_changes(user: User) -> QuerySet[BulkChange]:
    """Return changes of many customers: one's own, and colleagues' with the right to make such ones."""
    rows = BulkChange.objects.select_related("owner")
    if not user.may(SEE.name):
        return rows.none()
    return rows if user.may(CHANGE_MANY.name) else rows.filter(owner=user)


def change_for(user: User, pk: int) -> BulkChange:
    found = visible_changes(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def draft_of(user: User, customer: Customer) -> str:
    """Return what the person has begun to write about a customer, on whichever device."""
    drafts = NoteDraft.objects.filter(user=user, customer=customer)
    return next(iter(drafts.values_list("text", flat=True)), "")

"""Views of lists: saved, shared, changed, removed, and chosen to begin with."""

from django.db.models import Max
from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.desk.actions.refusal import DeskError
from stamkunde.desk.events import ViewChanged, ViewRemoved, ViewShared
from stamkunde.desk.models import FirstView, SavedView
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now

MOST_VIEWS = 50


@action
def save_view(
    *,
    name: str,
    filters: list[list[str]],
    sort: str,
    columns: list[str],
    is_shared: bool,
    owner: User,
    by: Actor,
    entity: str = "customers",
) -> SavedView:
    """Keep a list under a name; the owner's view of that name is replaced."""
    name = name.strip()
    if not name:
        raise DeskError(_("Please give the view a name."))
    own = SavedView.objects.filter(owner=owner, entity=entity)
    view = own.filter(name=name).first()
    if view is None:
        if own.count() >= MOST_VIEWS:
            raise DeskError(_("You have %(number)s views already. Remove one first.") % {"number": MOST_VIEWS})
        last = own.aggregate(last=Max("position"))["last"] or 0
        view = SavedView(owner_id=owner.pk, entity=entity, name=name, position=last + 1, created_at=now())
    was_shared = view.is_shared
    view.filters, view.sort, view.columns, view.is_shared = filters, sort, columns, is_shared
    view.save()
    if is_shared and not was_shared:
        publish(ViewShared(view_id=view.pk, view_name=view.name), by=by)
    return view


@action
def change_view(view: SavedView, *, filters: list[list[str]], sort: str, columns: list[str], by: Actor) -> SavedView:
    """Let a view show what the list shows now."""
    view.filters, view.sort, view.columns = filters, sort, columns
    view.save(update_fields=["filters", "sort", "columns"])
    if view.is_shared:
        publish(ViewChanged(view_id=view.pk, view_name=view.name), by=by)
    return view


@action
def remove_view(view: SavedView, *, by: Actor) -> None:
    FirstView.objects.filter(entity=view.entity, view=str(view.pk)).delete()
    if view.is_shared:
        publish(ViewRemoved(view_id=view.pk, view_name=view.name), by=by)
    view.delete()


@action
def begin_with_view(key: str, *, owner: User, entity: str = "customers") -> None:
    """Let a list open with this view for somebody."""
    FirstView.objects.update_or_create(user_id=owner.pk, entity=entity, defaults={"view": key})

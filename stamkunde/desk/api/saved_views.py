"""Views of the list of customers, kept under a name."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import User
from stamkunde.customers.access import SEE
from stamkunde.desk.access import SHARE_VIEWS, changeable_view_for, view_for, visible_views
from stamkunde.desk.actions import DeskError, begin_with_view, change_view, remove_view, save_view
from stamkunde.desk.api.lists import ConditionGiven, ConditionSent, conditions_of, pairs_of
from stamkunde.desk.list_state import ListState, read_state, ready_views
from stamkunde.desk.models import SavedView
from stamkunde.kit.api.fields import Flag, Given, PathId, Sent, Word
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.filtering import MOST_CONDITIONS

routes = Routes("Views", "Lists of customers kept under a name: filters, order and columns.")


class ViewGiven(Given):
    """A list as somebody wants to see it again."""

    key: str = Field(description="By this the list is asked for: a word, or the number of a saved view.")
    id: int | None = Field(description="The number of a saved view; null for one that every shop has.")
    name: str = Field(description="In the language asked for where every shop has it.", examples=["Best customers"])
    filters: list[ConditionGiven]
    sort: str = Field(examples=["-spent"])
    columns: list[str] = Field(description="What the desk shows of each.", examples=[["town", "phone", "visits"]])
    is_shared: bool
    is_own: bool = Field(description="It is of the token's owner.")


class Views(Given):
    items: list[ViewGiven]


class ListedAs(Sent):
    """What a view shows."""

    filters: list[ConditionSent] = Field(
        default=[], max_length=MOST_CONDITIONS, examples=[[{"condition": "town:is:Oslo"}]]
    )
    sort: Word = Field("name", examples=["-last_visit"])
    columns: list[Word] = Field(
        default=[], max_length=40, description="What the desk shows; the usual columns if none.", examples=[["phone"]]
    )


class ViewSent(ListedAs):
    """A view to be kept; the owner's view of that name is replaced."""

    name: Word = Field(min_length=1, examples=["Regulars in Oslo"])
    is_shared: Flag = Field(False, description="Everybody sees it; needs `desk.share_views`.")


class FirstSent(Sent):
    key: Word = Field(examples=["due"])


class FirstGiven(Given):
    key: str


@routes.get("/customers/views", SEE, Views)
def list_views(request: HttpRequest) -> Views:
    """List the views there are: those of every shop, one's own, and those that are shared."""
    user = bearer(request)
    ready = [
        ViewGiven(
            key=view.key,
            id=None,
            name=str(view.name),
            filters=conditions_of(view.filters),
            sort=view.sort,
            columns=list(view.columns),
            is_shared=True,
            is_own=False,
        )
        for view in ready_views(user)
    ]
    return Views(items=[*ready, *(_view(view, user) for view in visible_views(user))])


@routes.post("/customers/views", SEE, ViewGiven)
def save_view_(request: HttpRequest, sent: ViewSent) -> ViewGiven:
    """Keep a list under a name."""
    user = bearer(request)
    if sent.is_shared and not user.may(SHARE_VIEWS.name):
        raise PermissionDenied
    try:
        view = save_view(name=sent.name, **_shown(sent, user), is_shared=sent.is_shared, owner=user, by=user.actor)
    except DeskError as error:
        raise invalid(str(error), "name") from error
    return _view(view, user)


@routes.put("/customers/views/first", SEE, FirstGiven)
def begin_with_view_(request: HttpRequest, sent: FirstSent) -> FirstGiven:
    """Say with which view the list opens in the desk for the token's owner."""
    user = bearer(request)
    if sent.key not in {view.key for view in ready_views(user)}:
        is_number = sent.key.isascii() and sent.key.isdigit() and len(sent.key) < 18
        if not is_number or not visible_views(user).filter(pk=int(sent.key)).exists():
            raise invalid("There is no such view.", "key")
    begin_with_view(sent.key, owner=user)
    return FirstGiven(key=sent.key)


@routes.get("/customers/views/{view_id}", SEE, ViewGiven)
def get_view(request: HttpRequest, view_id: PathId) -> ViewGiven:
    """Read a saved view."""
    user = bearer(request)
    return _view(view_for(user, view_id), user)


@routes.put("/customers/views/{view_id}", SEE, ViewGiven)
def change_view_(request: HttpRequest, view_id: PathId, sent: ListedAs) -> ViewGiven:
    """Let a view show something else; a shared one needs `desk.share_views`."""
    user = bearer(request)
    view = changeable_view_for(user, view_id)
    return _view(change_view(view, **_shown(sent, user), by=user.actor), user)


@routes.remove("/customers/views/{view_id}", SEE)
def remove_view_(request: HttpRequest, view_id: PathId) -> None:
    """Remove a view."""
    user = bearer(request)
    remove_view(changeable_view_for(user, view_id), by=user.actor)


def _shown(sent: ListedAs, user: User) -> dict[str, Any]:
    """Return what a view shows, read as the list itself would read it; raises FilterError."""
    state = state_of(pairs_of(sent.filters), sent.sort, user, sent.columns)
    return {"filters": state.written_filters, "sort": state.sort, "columns": state.layout.tokens}


def state_of(pairs: list[tuple[str, str]], sort: str, user: User, columns: list[str] | None = None) -> ListState:
    """Return the state of a list of all customers with these filters, in this order."""
    asked = QueryDict(mutable=True)
    for name, value in [("view", "all"), ("sort", sort), *(pairs or [("f", "")])]:
        asked.appendlist(name, value)
    if columns:
        asked["columns"] = ",".join(columns)
    return read_state(asked, user)


def _view(view: SavedView, user: User) -> ViewGiven:
    return ViewGiven(
        key=str(view.pk),
        id=view.pk,
        name=view.name,
        filters=conditions_of(view.filters),
        sort=view.sort,
        columns=view.columns,
        is_shared=view.is_shared,
        is_own=view.owner_id == user.pk,
    )

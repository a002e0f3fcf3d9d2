"""What a list of customers shows, as its address says: which view, filters, order, columns, words and page.

Each part that the address does not mention is the view's; so a link to a view is short, and a changed view is a link
too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.customers.models import CustomField
from stamkunde.desk.access import visible_views
from stamkunde.desk.list_columns import Column, customer_columns
from stamkunde.desk.list_filters import customer_filters
from stamkunde.desk.list_layout import Layout, kept_layout, read_layout
from stamkunde.desk.list_query import SORTS
from stamkunde.desk.models import FirstView, SavedView
from stamkunde.kit.filtering import FilterError, FilterLanguage, Filters

STANDARD_COLUMNS = ("town", "phone", "visits", "last_visit", "next_visit", "spent")
LONGEST_SEARCH = 200


@dataclass(frozen=True, kw_only=True)
class ReadyView:
    """A view that everybody finds there from the first day."""

    key: str
    name: Any
    filters: tuple[tuple[str, str], ...] = ()
    sort: str = "name"
    columns: tuple[str, ...] = STANDARD_COLUMNS
    roles: frozenset[Role] | None = None


READY_VIEWS = (
    ReadyView(key="all", name=gettext_lazy("All")),
    ReadyView(
        key="new",
        name=gettext_lazy("New this week"),
        filters=(("f", "created:within_last:7"),),
        sort="-created",
        columns=("town", "phone", "email", "store", "created"),
    ),
    ReadyView(
        key="due",
        name=gettext_lazy("Due for contact"),
        filters=(("f", "next_visit:overdue:"), ("f", "last_visit:within_last:730")),
        sort="-next_visit",
        columns=("phone", "visits", "last_visit", "next_visit", "spent"),
    ),
    ReadyView(
        key="missed",
        name=gettext_lazy("Not seen for a long time"),
        filters=(("f", "last_visit:not_for:365"), ("f", "visits:at_least:3")),
        sort="-last_visit",
        columns=("phone", "email", "visits", "last_visit", "spent"),
    ),
    ReadyView(key="best", name=gettext_lazy("Best customers"), sort="-spent"),
    ReadyView(
        key="mailable",
        name=gettext_lazy("May be written to"),
        filters=(("f", "consent:is:email"),),
        columns=("email", "town", "language", "visits", "last_visit"),
        roles=frozenset({Role.MARKETING, Role.ADMINISTRATOR}),
    ),
)


def ready_views(user: User) -> list[ReadyView]:
    return [view for view in READY_VIEWS if view.roles is None or Role(user.role) in view.roles]


@dataclass(frozen=True)
class Tab:
    """A view above the list, as `{% tabs %}` draws it."""

    key: str
    label: Any
    url: str
    is_current: bool
    changed: bool = False
    icon: str = ""
    count: str = ""


@dataclass(frozen=True)
class ListState:
    """What the list shows; `filters`, `sort` and `layout` are the view's unless the address says otherwise."""

    key: str
    view_name: Any
    saved: SavedView | None
    language: FilterLanguage
    all_columns: dict[str, Column]
    filters: Filters
    sort: str
    layout: Layout
    is_changed: bool
    first_key: str = "all"
    search: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return self.layout.names

    @property
    def shown_columns(self) -> list[Column]:
        return [self.all_columns[name] for name in self.columns]

    def parameters(self) -> list[tuple[str, str]]:
        """Return the whole state as parameters of an address, the view's own parts left out."""
        pairs = [("view", self.key)]
        if self.is_changed:
            pairs += [*self.filters.pairs(), ("sort", self.sort), ("columns", ",".join(self.layout.tokens))]
        if self.search:
            pairs.append(("q", self.search))
        return pairs

    def full_parameters(self) -> list[tuple[str, str]]:
        return replace(self, is_changed=True).parameters()

    @cached_property
    def query(self) -> str:
        return urlencode(self.parameters())

    @property
    def url(self) -> str:
        return f"{reverse('desk:customers')}?{self.query}"

    def with_layout(self, layout: Layout) -> "ListState":
        return replace(self, layout=layout, is_changed=True)

    def with_filters(self, filters: Filters) -> "ListState":
        return replace(self, filters=filters, is_changed=True)

    @property
    def chips(self) -> list[dict[str, Any]]:
        return [
            {
                "text": condition.sentence(),
                "is_alternative": condition.group > 0
                and place > 0
                and self.filters.conditions[place - 1].group == condition.group,
                "edit": f"{reverse('desk:customer_filter')}?{self.query}&field={condition.field.name}&place={place}",
                "remove": self.with_filters(self.filters.without(place)).url,
            }
            for place, condition in enumerate(self.filters.conditions)
        ]

    @property
    def written_filters(self) -> list[list[str]]:
        return [list(pair) for pair in self.filters.pairs() if pair[1]]


def read_state(query: QueryDict, user: User) -> ListState:
    """Read the list's state from its address; raises FilterError with a sentence for what is not understood."""
    own_fields = list(CustomField.objects.shown())
    language, columns = customer_filters(own_fields), customer_columns(own_fields)
    first = _first_view(user)
    key, name, saved, view = _view(query.get("view", ""), first, user)
    own_filters = _readable(language, view.filters)
    own_layout = kept_layout(view.columns, columns)
    sorts = _sorts(columns)
    own_sort = view.sort if view.sort in sorts else "name"
    filters = language.from_query(query)
    sort = query.get("sort") or own_sort
    if sort not in sorts:
        raise FilterError(_("The list cannot be ordered by “%(name)s”.") % {"name": sort[:60]})
    state = ListState(
        key,
        name,
        saved,
        language,
        columns,
        own_filters if filters is None else filters,
        sort,
        _layout(query, columns, own_layout),
        is_changed=False,
        first_key=first,
        search=" ".join(query.get("q", "").replace("\0", " ").split())[:LONGEST_SEARCH],
    )
    is_changed = (state.filters, state.sort, state.layout) != (own_filters, own_sort, own_layout)
    return replace(state, is_changed=is_changed)


def known_sorts() -> set[str]:
    """Return the names of all orders there are, by fields of the shop's own among them; one query."""
    return _sorts(customer_columns(list(CustomField.objects.shown())))


def _sorts(columns: dict[str, Column]) -> set[str]:
    return {*SORTS, *(f"{sign}{column.sort}" for column in columns.values() if column.sort for sign in ("", "-"))}


def _view(asked: str, first: str, user: User) -> tuple[str, Any, SavedView | None, ReadyView]:
    key = asked or first
    for ready in ready_views(user):
        if ready.key == key:
            return key, ready.name, None, ready
    saved = (
        visible_views(user).filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 18 else None
    )
    if saved is None:
        if asked:
            raise Http404
        return "all", READY_VIEWS[0].name, None, READY_VIEWS[0]
    view = ReadyView(
        key=key,
        name=saved.name,
        filters=tuple((pair[0], pair[1]) for pair in saved.filters if len(pair) == 2),
        sort=saved.sort,
        columns=tuple(saved.columns),
    )
    return key, saved.name, saved, view


def _first_view(user: User) -> str:
    first = FirstView.objects.filter(user=user, entity="customers").values_list("view", flat=True)
    return next(iter(first), "all")


def _readable(language: FilterLanguage, pairs: Sequence[tuple[str, str]]) -> Filters:
    """Return a kept view's filters without those that no longer mean anything, such as on a field that was removed."""
    filters = Filters()
    for pair in pairs:
        try:
            filters = Filters((*filters.conditions, *language.read([pair]).conditions))
        except FilterError:
            continue
    return filters


def _layout(query: QueryDict, known: dict[str, Column], own: Layout) -> Layout:
    if "columns" not in query:
        return own
    return read_layout((name for value in query.getlist("columns") for name in value.split(",") if name), known)


def tabs_of(state: ListState, user: User) -> list[Tab]:
    """Return the ready-made views, then the saved ones, the current one marked; one query."""
    first = state.first_key
    named: list[tuple[str, Any]] = [(ready.key, ready.name) for ready in ready_views(user)]
    named += [(str(view.pk), view.name) for view in visible_views(user)]
    return [
        Tab(
            key,
            name,
            f"{reverse('desk:customers')}?view={key}",
            is_current=key == state.key,
            changed=key == state.key and state.is_changed,
            icon="star" if key == first and first != "all" else "",
        )
        for key, name in named
    ]

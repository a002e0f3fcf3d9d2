"""The list of customers: views as tabs, filters as chips, pages by key, a preview beside it."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.access import CHANGE, CREATE, SEE, customer_for, visible_customers
from stamkunde.customers.models import Customer
from stamkunde.desk.access import CHANGE_MANY, SHARE_VIEWS
from stamkunde.desk.bulk_kinds import BULK_KINDS
from stamkunde.desk.forms import FilterForm
from stamkunde.desk.list_columns import NAME_COLUMNS, Column, rows_of
from stamkunde.desk.list_layout import NAME, Layout
from stamkunde.desk.list_query import COUNTED, OwnFieldOrder, counted, order_named
from stamkunde.desk.list_state import ListState, read_state, tabs_of
from stamkunde.desk.listing import listed_page
from stamkunde.desk.peeking import peek_of
from stamkunde.desk.refusal import refused
from stamkunde.desk.selecting import number_listed
from stamkunde.kit import shown
from stamkunde.kit.filtering import FilterError, Filters
from stamkunde.kit.paging import CursorError, Page
from stamkunde.kit.policy import requires
from stamkunde.kit.selections import exporter_for

SIZE = 50
# By these orders only those who have the figure are listed; the words lead to the others.
WITHOUT_FIGURE = {
    "last_visit_at": ("last_visit:empty:", gettext_lazy("Those who have never been here are left out")),
    "next_visit_expected_on": (
        "next_visit:empty:",
        gettext_lazy("Those whose next visit cannot be guessed are left out"),
    ),
}


class Head:
    """The head of a column: how it is sorted, how wide it is, and where its values are changed in place."""

    def __init__(self, column: Column, state: ListState, *, may_change: bool) -> None:
        self.column = column
        self.css = "number" if column.is_number else ""
        self.is_sortable = bool(column.sort) and not state.search
        self.width = state.layout.width(column.name) if state.layout.is_set else 0
        self.token = state.layout.token(column.name)
        self.edit = column.edit if may_change else ""


@requires(SEE.name)
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    try:
        state = read_state(request.GET, user)
        page = _page(request, state)
    except FilterError as error:
        return refused(request, error, back=reverse("desk:customers"))
    except CursorError:
        return refused(request, _("This page of the list is no longer there."), back=reverse("desk:customers"))
    context = {
        "state": state,
        "tabs": tabs_of(state, user),
        "rows": rows_of(page.rows, state.shown_columns),
        "page": page,
        "heads": (heads := [Head(column, state, may_change=user.may(CHANGE.name)) for column in state.shown_columns]),
        "editable": [bool(head.edit) for head in heads],
        "fields": state.language.fields.values(),
        "name_width": state.layout.width(NAME) if state.layout.is_set else 0,
        "name_token": state.layout.token(NAME),
        "columns_url": _without_columns(state),
        "is_menu_open": request.GET.get("menu") == "columns",
        "other_columns": [column for column in state.all_columns.values() if column.name not in state.columns],
        "may_share": user.may(SHARE_VIEWS.name),
        "may_create": user.may(CREATE.name),
        "bulk": _bulk(request, state, page),
        "may_change_view": _may_change(request, state),
        "without_figure": _without_figure(state, page),
        "peek": _peek(request),
        "is_shop_empty": not page.rows and not state.search and not visible_customers(user).exists(),
    }
    response = render(request, "desk/customers.html", context)
    if request.headers.get("HX-Target") == "main":
        # Columns were set in place: the address says so too, and can be sent to a colleague.
        response["HX-Replace-Url"] = request.get_full_path()
    return response


@requires(SEE.name)
@require_safe
def list_columns(request: HttpRequest) -> HttpResponse:
    """Set which columns the list shows, move one to another place, or make it wider or narrower."""
    try:
        state = read_state(request.GET, signed_in(request))
        layout, is_going_on = _laid_out(state.layout, request.GET)
    except FilterError as error:
        return refused(request, error, back=reverse("desk:customers"))
    return redirect(state.with_layout(layout).url + ("&menu=columns" if is_going_on else ""))


def _laid_out(layout: Layout, query: QueryDict) -> tuple[Layout, bool]:
    """Carry out what a button of the menu of columns says; after it, the menu stays open for the next one."""
    for what, change in (("move", Layout.moved), ("width", Layout.widened)):
        name, _colon, step = query.get(what, "").rpartition(":")
        if name in {*layout.names, *(NAME,) * (what == "width")} and step in {"-1", "1"}:
            return change(layout, name, int(step)), True
    return layout, False


def _bulk(request: HttpRequest, state: ListState, page: Page[Any]) -> dict[str, Any]:
    """Return what can be done with several at once, and whether with everybody in the view: that needs more of them."""
    user = signed_in(request)
    may_export = exporter_for(user) is not None
    has_more = bool(page.older or page.newer) and not state.search
    return {
        "kinds": [kind for kind in BULK_KINDS.values() if user.may(kind.permission)],
        "may_export": may_export,
        "everybody": has_more and (may_export or user.may(CHANGE_MANY.name)),
    }


def _page(request: HttpRequest, state: ListState) -> Page[Customer]:
    needs = [*NAME_COLUMNS, *(name for column in state.shown_columns for name in column.needs)]
    return listed_page(signed_in(request), state, mark=request.GET.get("page", ""), size=SIZE, needs=needs)


def _may_change(request: HttpRequest, state: ListState) -> bool:
    user = signed_in(request)
    saved = state.saved
    return saved is not None and (saved.owner_id == user.pk or user.may(SHARE_VIEWS.name))


def _without_columns(state: ListState) -> str:
    pairs = [pair for pair in state.full_parameters() if pair[0] != "columns"]
    return f"{reverse('desk:customers')}?{urlencode(pairs)}"


def _without_figure(state: ListState, page: Page[Any]) -> dict[str, Any] | None:
    order = order_named(state.sort)
    found: tuple[str, Any] | None = WITHOUT_FIGURE.get(order.field)
    if isinstance(order, OwnFieldOrder):
        found = (f"{state.sort.removeprefix('-')}:empty:", _("Those for whom this is not filled in are left out"))
    fields = {condition.field.name for condition in state.filters.conditions}
    if found is None or page.older or state.search or found[0].split(":")[0] in fields:
        return None
    filters = Filters((*state.filters.conditions, *state.language.read([("f", found[0])]).conditions))
    return {"text": found[1], "url": _sorted_by_name(state.with_filters(filters))}


def _sorted_by_name(state: ListState) -> str:
    pairs = [(name, "name" if name == "sort" else value) for name, value in state.full_parameters()]
    return f"{reverse('desk:customers')}?{urlencode(pairs)}"


def _peek(request: HttpRequest) -> Any:
    user = signed_in(request)
    asked = request.GET.get("peek", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        return None
    try:
        return peek_of(customer_for(user, int(asked)), user)
    except Http404:
        return None


@requires(SEE.name)
@require_safe
def customer_peek(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    return render(request, "desk/parts/peek.html", {"peek": peek_of(customer_for(user, pk), user)})


@requires(SEE.name)
@require_safe
def customer_count(request: HttpRequest) -> HttpResponse:
    """Say how many the list holds, and no further than a thousand."""
    user = signed_in(request)
    try:
        state = read_state(request.GET, user)
    except FilterError as error:
        return refused(request, error, back=reverse("desk:customers"))
    if request.GET.get("exact"):
        return _count(request, number_listed(user, state), is_more=False)
    number = counted(visible_customers(user), state.filters)
    return _count(request, min(number, COUNTED), is_more=number > COUNTED)


def _count(request: HttpRequest, number: int, *, is_more: bool) -> HttpResponse:
    context = {"number": number, "written": shown.number(number), "is_more": is_more}
    return render(request, "desk/parts/count.html", context)


@requires(SEE.name)
@require_safe
def customer_filter(request: HttpRequest) -> HttpResponse:
    """Show the step of making a filter in which the comparison is chosen; with a comparison, go to the list."""
    query = request.GET
    try:
        state = read_state(query, signed_in(request))
        if "field" not in query:
            return render(
                request, "desk/customer_filter.html", {"state": state, "fields": state.language.fields.values()}
            )
        field = state.language.field(query["field"])
    except FilterError as error:
        return refused(request, error, back=reverse("desk:customers"))
    written = query.get("place", "")
    place = int(written) if written.isascii() and written.isdigit() and len(written) < 3 else None
    chosen = state.filters.conditions[place] if place is not None and place < len(state.filters.conditions) else None
    form = FilterForm(
        query if "operator" in query else None,
        initial={"operator": chosen.operator.value, "value": chosen.text} if chosen else None,
        field=field,
        language=state.language,
        currency=the_shop().currency,
        may_be_alternative=chosen is None and bool(state.filters),
    )
    if form.is_bound and form.is_valid():
        try:
            filters = _with_condition(state, form, place if chosen else None)
        except FilterError as error:
            form.add_error(None, str(error))
        else:
            return _to_list(request, state.with_filters(filters).url)
    context = {"state": state, "field": field, "form": form, "place": place if chosen else None}
    name = "desk/parts/filter_form.html" if request.headers.get("HX-Request") else "desk/customer_filter.html"
    return render(request, name, context, status=422 if form.is_bound else 200)


def _with_condition(state: ListState, form: FilterForm, place: int | None) -> Filters:
    made = form.cleaned_data["condition"]
    conditions = list(state.filters.conditions)
    if place is not None:
        made = state.language.condition(made.field.name, made.operator.value, made.text, conditions[place].group)
    elif form.cleaned_data.get("is_alternative"):
        return _as_alternative(state, made)
    return state.filters.with_(made, place)


def _as_alternative(state: ListState, made: Any) -> Filters:
    """Put the new condition into one group with the last one."""
    *before, last = state.filters.conditions
    group = last.group or max((condition.group for condition in before), default=0) + 1
    last, made = (state.language.read([(f"f{group}", condition.written)]).conditions[0] for condition in (last, made))
    return Filters((*before, last)).with_(made)


def _to_list(request: HttpRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return redirect(url)

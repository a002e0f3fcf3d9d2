"""The list of customers: filtered, ordered and paged as in the desk."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import User
from stamkunde.customers.access import SEE, visible_customers
from stamkunde.customers.actions import record_list
from stamkunde.customers.api.shapes import ROW_COLUMNS, CustomerRow, row_of
from stamkunde.desk.list_filters import customer_filters
from stamkunde.desk.list_query import COUNTED, counted
from stamkunde.desk.list_state import ListState, known_sorts, read_state
from stamkunde.desk.listing import listed_page
from stamkunde.desk.selecting import number_listed
from stamkunde.kit.api.fields import Given, Limit, Line, Mark, QueryFlag, QueryText, QueryWord, Sent, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.filtering import BARE, MOST_CONDITIONS, MOST_GROUPS, PARAMETERS, FilterError, Kind, Operator

routes = Routes("Lists", "The list of customers, filtered and ordered as in the desk.")

CONDITION = (
    "A condition `field:operator:value`, such as `town:is:Oslo`; all of them hold. What there is to filter by, "
    "`GET /customers/filters` says."
)
ALTERNATIVES = "Conditions of which one is enough, as a group of its own."


@said_as(FilterError)
def _refused(error: FilterError) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "unknown_filter", str(error))


class ConditionSent(Sent):
    """One condition of a filter."""

    condition: Line = Field(description="`field:operator:value`.", examples=["town:is:Oslo"])
    group: int = Field(
        0,
        ge=0,
        le=MOST_GROUPS,
        strict=True,
        description="0: it must hold. Of those with another number, one is enough.",
    )


class ConditionGiven(Given):
    """One condition of a filter."""

    condition: str = Field(examples=["town:is:Oslo"])
    group: int = Field(description="0: it must hold. Of those with another number, one is enough.")


class OperatorGiven(Given):
    name: Operator
    takes_value: bool


class ChoiceOfFilter(Given):
    value: str
    label: str


class FilterGiven(Given):
    """Something the list can be filtered by."""

    name: str = Field(examples=["town"])
    label: str = Field(description="In the language asked for.", examples=["Town"])
    kind: Kind
    operators: list[OperatorGiven]
    choices: list[ChoiceOfFilter] = Field(description="The values there are; empty where any will do.")


class FiltersGiven(Given):
    """What the list of customers can be filtered and ordered by."""

    items: list[FilterGiven]
    sorts: list[str] = Field(description="Orders; a minus turns one round.", examples=[["name", "-last_visit"]])
    most: int = Field(description="How many conditions a list takes at most.", examples=[MOST_CONDITIONS])


class CountGiven(Given):
    """How many a list holds."""

    number: int
    is_more: bool = Field(description="There are more: no further than a thousand is counted unless asked exactly.")


def conditions_of(pairs: Any) -> list[ConditionGiven]:
    """Return kept conditions as machines are given them."""
    return [
        ConditionGiven(condition=written, group=PARAMETERS.index(parameter))
        for parameter, written in pairs
        if written and parameter in PARAMETERS
    ]


def pairs_of(conditions: list[ConditionSent]) -> list[tuple[str, str]]:
    """Return conditions that were sent as the list's own addresses write them."""
    return [(PARAMETERS[one.group], one.condition) for one in conditions]


@routes.get("/customers", SEE, Listed[CustomerRow])
def list_customers(
    request: HttpRequest,
    view: QueryWord = query("all", description="A view, by its name or number; all customers if it is left out."),
    f: list[QueryText] = query([], description=CONDITION),
    f1: list[QueryText] = query([], description=ALTERNATIVES),
    f2: list[QueryText] = query([], description=ALTERNATIVES),
    f3: list[QueryText] = query([], description=ALTERNATIVES),
    f4: list[QueryText] = query([], description=ALTERNATIVES),
    f5: list[QueryText] = query([], description=ALTERNATIVES),
    sort: QueryWord = query("", description="An order, such as `name` or `-last_visit`; the view's if left out."),
    q: QueryText = query("", description="Only those whom these words mean, the likeliest first, on one page."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[CustomerRow]:
    """List customers.

    A page is found by its mark and not by counting, so that the last one is as quick as the first. Conditions and
    orders are the desk's own; anything else is refused with 400. In an order by a figure, such as `-last_visit`,
    those who have none are left out.
    """
    user = bearer(request)
    rows = listed_page(user, _state(request, user), mark=mark, size=limit, needs=ROW_COLUMNS)
    record_list([customer.pk for customer in rows.rows], by=user)
    return Listed[CustomerRow](items=[row_of(customer) for customer in rows.rows], **marks_of(rows))


@routes.get("/customers/count", SEE, CountGiven)
def count_customers(
    request: HttpRequest,
    view: QueryWord = query("all", description="A view, by its name or number; all customers if it is left out."),
    f: list[QueryText] = query([], description=CONDITION),
    f1: list[QueryText] = query([], description=ALTERNATIVES),
    f2: list[QueryText] = query([], description=ALTERNATIVES),
    f3: list[QueryText] = query([], description=ALTERNATIVES),
    f4: list[QueryText] = query([], description=ALTERNATIVES),
    f5: list[QueryText] = query([], description=ALTERNATIVES),
    sort: QueryWord = query("", description="An order; one by a figure leaves out those who have none."),
    is_exact: QueryFlag = query(False, description="Count to the last one, however long that takes."),
) -> CountGiven:
    """Count the customers of a list."""
    user = bearer(request)
    state = _state(request, user)
    if is_exact:
        return CountGiven(number=number_listed(user, state), is_more=False)
    number = counted(visible_customers(user), state.filters)
    return CountGiven(number=min(number, COUNTED), is_more=number > COUNTED)


@routes.get("/customers/filters", SEE, FiltersGiven)
def list_customer_filters(request: HttpRequest) -> FiltersGiven:
    """List what customers can be filtered and ordered by, the shop's own fields among it."""
    language = customer_filters()
    items = [
        FilterGiven(
            name=field.name,
            label=str(field.label),
            kind=field.kind,
            operators=[OperatorGiven(name=one, takes_value=one not in BARE) for one in field.allowed],
            choices=[ChoiceOfFilter(value=value, label=str(label)) for value, label in field.choices()],
        )
        for field in language.fields.values()
    ]
    return FiltersGiven(items=items, sorts=sorted(known_sorts()), most=MOST_CONDITIONS)


def _state(request: HttpRequest, user: User) -> ListState:
    asked = request.GET.copy()
    asked.setdefault("view", "all")
    try:
        return read_state(asked, user)
    except Http404:
        raise invalid("There is no such view.", "view") from None

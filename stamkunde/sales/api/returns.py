"""Returns: goods taken back, and the money given back for them."""

from django.http import Http404, HttpRequest, HttpResponse

from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Limit, Mark, PathId, QueryDay, QueryText, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.sales.access import REFUND_OTHERWISE, RETURN, SEE, order_for, return_for, visible_returns
from stamkunde.sales.actions import register_return
from stamkunde.sales.api.orders import narrowed_customer
from stamkunde.sales.api.refusals import lasting_key
from stamkunde.sales.api.sent import ReturnSent, return_values
from stamkunde.sales.api.shapes import ReturnGiven, ReturnRow, return_of, return_row, with_credit
from stamkunde.sales.queries import returns
from stamkunde.sales.queries.lists import Narrowing

routes = Routes("Returns", "What was brought back, and the money given back for it.")


@routes.get("/returns", SEE, Listed[ReturnRow])
def list_returns(
    request: HttpRequest,
    store_id: PathId | None = query(None),
    since: QueryDay | None = query(None, description="The first business day."),
    until: QueryDay | None = query(None, description="The last business day."),
    receipt_number: QueryText = query(""),
    customer_id: PathId | None = query(None),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[ReturnRow]:
    """List returns, the newest first."""
    user = bearer(request)
    narrowing = Narrowing(
        store_id=store_id,
        since=since,
        until=until,
        receipt_number=receipt_number,
        customer_id=narrowed_customer(user, customer_id),
    )
    rows = returns(visible_returns(user), narrowing, mark=mark, size=limit)
    return Listed[ReturnRow](items=[return_row(one, user) for one in rows.rows], **marks_of(rows))


@routes.post("/returns", RETURN, ReturnGiven)
def register_return_(request: HttpRequest, sent: ReturnSent, response: HttpResponse) -> ReturnGiven:
    """Take goods back.

    Lines of a purchase are refunded from what was paid for them; more than is left of them is refused with 409. Where
    no purchase is known, loose lines say what is given for them. Money goes back the ways it came, each for no more
    than was paid by it; another way needs `sales.refund_otherwise`. Store credit may always be given.
    """
    user = bearer(request)
    if sent.order_id is not None:
        refuse_unseen(request, sent.order_id, sent.order_receipt_number)
    key = lasting_key(request, request.headers.get("Idempotency-Key"))
    returned = register_return(
        return_values(sent, user),
        by=user.actor,
        idempotency_key=key,
        may_choose_way=user.may(REFUND_OTHERWISE.name),
    )
    if returned.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return with_credit(return_of(returned, user), returned)


@routes.get("/returns/{return_id}", SEE, ReturnGiven)
def get_return(request: HttpRequest, return_id: PathId) -> ReturnGiven:
    """Read a return with its lines and refunds."""
    user = bearer(request)
    return return_of(return_for(user, return_id), user)


def refuse_unseen(request: HttpRequest, order_id: int, receipt: str) -> None:
    try:
        order_for(bearer(request), order_id, receipt=receipt)
    except Http404:
        raise invalid("There is no such purchase.", "order_id") from None

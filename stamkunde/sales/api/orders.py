"""Purchases: registered once, listed, read, and said whose they are."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import User
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.access import found_customer
from stamkunde.kit.api.fields import Limit, Mark, PathId, QueryDay, QueryText, query
from stamkunde.kit.api.many import Outcomes, carry_out
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem
from stamkunde.kit.api.routes import Routes
from stamkunde.sales.access import (
    REGISTER,
    RETURN,
    SEE,
    SET_PRICE,
    brought_orders,
    most_discount,
    order_for,
    own_order_for,
    visible_orders,
    whose,
)
from stamkunde.sales.actions import change_customer_of_order, register_order
from stamkunde.sales.api.refusals import lasting_key
from stamkunde.sales.api.sent import CustomerOfOrder, OrderSent, OrdersSent, known_customer, order_values
from stamkunde.sales.api.shapes import OrderGiven, OrderRow, order_of, order_row, with_codes
from stamkunde.sales.models import Channel
from stamkunde.sales.pdf import Form, pdf_of
from stamkunde.sales.queries import purchases
from stamkunde.sales.queries.lists import Narrowing
from stamkunde.sales.queries.papers import order_paper

routes = Routes("Purchases", "What was bought: in the shop, by telephone and on the web.")


@routes.get("/orders", SEE, Listed[OrderRow])
def list_orders(
    request: HttpRequest,
    store_id: PathId | None = query(None),
    channel: Channel | None = query(None),
    since: QueryDay | None = query(None, description="The first business day."),
    until: QueryDay | None = query(None, description="The last business day."),
    receipt_number: QueryText = query(""),
    customer_id: PathId | None = query(None),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[OrderRow]:
    """List purchases, the newest first."""
    user = bearer(request)
    narrowing = Narrowing(
        store_id=store_id,
        channel=channel.value if channel else "",
        since=since,
        until=until,
        receipt_number=receipt_number,
        customer_id=narrowed_customer(user, customer_id),
    )
    # Whoever names a receipt that is brought back finds it in the archive too, without whose it was.
    is_brought = bool(receipt_number) and customer_id is None and user.may(RETURN.name)
    among = brought_orders(user) if is_brought else visible_orders(user)
    rows = purchases(among, narrowing, mark=mark, size=limit)
    return Listed[OrderRow](items=[order_row(order, user) for order in rows.rows], **marks_of(rows))


@routes.post("/orders", REGISTER, OrderGiven)
def register_order_(request: HttpRequest, sent: OrderSent, response: HttpResponse) -> OrderGiven:
    """Register a purchase.

    Send it with an `Idempotency-Key`, or with a till and a receipt number: either lets it in once only. The same
    receipt of the same till with other content is refused with 409. Without a price a product costs its list price;
    another one needs `sales.set_price`, and so does a larger discount than the shop allows everybody.
    """
    user = bearer(request)
    key = lasting_key(request, request.headers.get("Idempotency-Key"))
    order = register_order(
        order_values(sent, user),
        by=user.actor,
        idempotency_key=key,
        may_set_price=user.may(SET_PRICE.name),
        most_discount=most_discount(user),
    )
    if order.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return with_codes(order_of(order, user), order)


@routes.post("/orders/many", REGISTER, Outcomes, 200, many=True)
def register_many_orders(request: HttpRequest, sent: OrdersSent) -> Outcomes:
    """Register up to 500 purchases, as a till does that was offline.

    Each is registered or refused by itself; the outcome says which. Sent again in any order, none is registered twice.
    """
    user = bearer(request)
    may_set_price, most = user.may(SET_PRICE.name), most_discount(user)

    def register(one: OrderSent) -> int:
        key = lasting_key(request, getattr(one, "key", None))
        values = order_values(one, user)
        return register_order(
            values, by=user.actor, idempotency_key=key, may_set_price=may_set_price, most_discount=most
        ).pk

    return carry_out(request, sent.items, register)


@routes.get("/orders/{order_id}", SEE, OrderGiven)
def get_order(
    request: HttpRequest,
    order_id: PathId,
    receipt_number: QueryText = query("", description="What the receipt says, where the purchase is in the archive."),
) -> OrderGiven:
    """Read a purchase with its lines and payments.

    What was bought long ago lies in the archive. Whoever takes goods back reads it there by the number on its receipt
    (`#` and its own number where the till gave none), and does not learn whose it was.
    """
    user = bearer(request)
    return order_of(order_for(user, order_id, receipt=receipt_number), user)


@routes.get("/orders/{order_id}/receipt", SEE, bytes, gives_file=True)
def get_receipt(
    request: HttpRequest,
    order_id: PathId,
    form: Form = query(Form.A4, description="A sheet, or the 80 millimetres of a till's roll."),
) -> HttpResponseBase:
    """Fetch a purchase's receipt or invoice as PDF, in the customer's language."""
    user = bearer(request)
    order = order_for(user, order_id)
    response = HttpResponse(pdf_of(order_paper(order, buyer=whose(user, order)), form), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{order.pk}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@routes.put("/orders/{order_id}/customer", REGISTER, OrderGiven)
def set_customer_of_order(request: HttpRequest, order_id: PathId, sent: CustomerOfOrder) -> OrderGiven:
    """Say whose purchase it was, or that it is nobody's; what was returned of it goes along.

    Whoever is bound to stores says it of these stores' purchases alone.
    """
    user = bearer(request)
    order = own_order_for(user, order_id)
    changed = change_customer_of_order(order, customer_id=known_customer(sent.customer_id, user), by=user.actor)
    return order_of(changed, user)


def narrowed_customer(user: User, customer_id: int | None) -> int | None:
    """Return by whom a list is narrowed; nobody's number is that of a customer the reader may not see."""
    if customer_id is None:
        return None
    if not user.may(SEE_CUSTOMERS.name):
        # How many there are would tell.
        raise Problem(
            HTTPStatus.BAD_REQUEST, "unreadable", "This token may not see customers, so it cannot narrow by one."
        )
    found = found_customer(user, customer_id)
    return found.pk if found else 0

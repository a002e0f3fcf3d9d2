"""Exchanges: something brought back and something else bought for it, as one."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Given
from stamkunde.kit.api.routes import Routes
from stamkunde.sales.access import REFUND_OTHERWISE, REGISTER, RETURN, SET_PRICE, most_discount
from stamkunde.sales.actions import register_exchange
from stamkunde.sales.api.refusals import lasting_key
from stamkunde.sales.api.returns import refuse_unseen
from stamkunde.sales.api.sent import ExchangeSent, order_values, return_values
from stamkunde.sales.api.shapes import OrderGiven, ReturnGiven, order_of, return_of, with_codes, with_credit
from stamkunde.sales.values import ExchangeValues

routes = Routes("Exchanges", "Something brought back and something else bought for it.")


class ExchangeGiven(Given):
    """What came back and what was bought for it."""

    brought_back: ReturnGiven
    bought: OrderGiven
    due: int = Field(
        description="What was still to be paid, in minor units; below nought, what was given back.", examples=[3000]
    )


@routes.post("/exchanges", REGISTER, ExchangeGiven)
def register_exchange_(request: HttpRequest, sent: ExchangeSent, response: HttpResponse) -> ExchangeGiven:
    """Take something back and sell something for it.

    What comes back pays for what is bought: the payments are of the rest, and the refunds of what is left over. Both
    are registered or neither; `sales.return` is needed too.
    """
    user = bearer(request)
    if not user.may(RETURN.name):
        raise PermissionDenied
    if sent.brought_back.order_id is not None:
        refuse_unseen(request, sent.brought_back.order_id, sent.brought_back.order_receipt_number)
    done = register_exchange(
        ExchangeValues(brought_back=return_values(sent.brought_back, user), bought=order_values(sent.bought, user)),
        by=user.actor,
        idempotency_key=lasting_key(request, request.headers.get("Idempotency-Key")),
        may_set_price=user.may(SET_PRICE.name),
        most_discount=most_discount(user),
        may_choose_way=user.may(REFUND_OTHERWISE.name),
    )
    if done.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return ExchangeGiven(
        brought_back=with_credit(return_of(done.returned, user), done.returned),
        bought=with_codes(order_of(done.order, user), done.order),
        due=done.due,
    )

"""Takes back imported purchases and returns, and puts right what they had changed on others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from stamkunde.events.models import Happening
from stamkunde.kit.actor import ActorKind
from stamkunde.kit.bulk_delete import delete_rows
from stamkunde.kit.importing import ORDER, RETURN, Change, Kept, Undoer
from stamkunde.sales.actions import refresh_summaries
from stamkunde.sales.events import OrderCustomerChanged, OrderPlaced, ReturnRegistered
from stamkunde.sales.imports.orders import ORDER_LINE, add_up
from stamkunde.sales.imports.returns import RETURN_CONTENT, RETURN_LINE, give_back, keep_returned
from stamkunde.sales.models import Order, OrderLine, Return, ReturnLine


class _UndoOrders:
    kind = ORDER
    happenings = (OrderPlaced.name,)
    key_kinds: tuple[str, ...] = ()

    def undo(self, changes: Sequence[Change], *, since: datetime) -> list[Kept]:
        ids = {change.object_id for change in changes}
        orders = {order.pk: order for order in Order.objects.filter(pk__in=ids).only("customer", "receipt_number")}
        returned = set(ReturnLine.objects.filter(order_line__order__in=ids).values_list("order_line__order", flat=True))
        moved = set(
            Happening.objects.filter(
                name=OrderCustomerChanged.name, subject_id__in=ids, actor_kind=ActorKind.STAFF, recorded_at__gte=since
            ).values_list("subject_id", flat=True)
        )
        paid = set(Order.objects.filter(pk__in=ids).exclude(payments=None).values_list("pk", flat=True))
        kept: list[Kept] = []
        gone: list[Order] = []
        for change in changes:
            order = orders.get(change.object_id)
            if order is None:
                continue
            if order.pk in moved:
                kept.append(Kept(ORDER, order.pk, str(order), _("Somebody has said since whose purchase it was.")))
            elif not change.was_created:
                Order.objects.filter(pk=order.pk).update(**change.before)
                refresh_summaries([pk for pk in (order.customer_id, change.before["customer_id"]) if pk])
            elif order.pk in returned:
                kept.append(Kept(ORDER, order.pk, str(order), _("Something of it has been returned since.")))
            elif order.pk in paid:
                kept.append(Kept(ORDER, order.pk, str(order), _("A payment has been noted on it since.")))
            else:
                gone.append(order)
        delete_rows(Order, [order.pk for order in gone])
        refresh_summaries({order.customer_id for order in gone if order.customer_id})
        return kept


class _UndoOrderLines:
    kind = ORDER_LINE
    happenings: tuple[str, ...] = ()
    key_kinds: tuple[str, ...] = ()

    def undo(self, changes: Sequence[Change], *, since: datetime) -> list[Kept]:
        lines = OrderLine.objects.select_related("order").in_bulk([change.object_id for change in changes])
        kept: list[Kept] = []
        gone: list[int] = []
        for change in changes:
            line = lines.get(change.object_id)
            if line is None:
                continue
            if line.returned_quantity:
                kept.append(Kept(ORDER_LINE, line.pk, str(line), _("Some of it has been returned since.")))
            elif change.was_created:
                gone.append(line.pk)
            else:
                OrderLine.objects.filter(pk=line.pk).update(**change.before)
        delete_rows(OrderLine, gone)
        add_up({line.order_id for line in lines.values()})
        refresh_summaries({line.order.customer_id for line in lines.values() if line.order.customer_id})
        return kept


class _UndoReturns:
    kind = RETURN
    happenings = (ReturnRegistered.name,)
    key_kinds = (RETURN_LINE, RETURN_CONTENT)

    def undo(self, changes: Sequence[Change], *, since: datetime) -> list[Kept]:
        returns = Return.objects.filter(pk__in=[change.object_id for change in changes])
        customers = set(returns.exclude(customer=None).values_list("customer", flat=True))
        _take_off(ReturnLine.objects.filter(returned__in=returns).exclude(order_line=None))
        delete_rows(Return, [change.object_id for change in changes])
        refresh_summaries(customers)
        return []


class _UndoReturnLines:
    """Takes back lines that a later part of a file added to a return made earlier."""

    kind = RETURN_LINE
    happenings: tuple[str, ...] = ()
    key_kinds: tuple[str, ...] = ()

    def undo(self, changes: Sequence[Change], *, since: datetime) -> list[Kept]:
        lines = list(
            ReturnLine.objects.filter(pk__in=[change.object_id for change in changes]).select_related("returned")
        )
        _take_off(line for line in lines if line.order_line_id is not None)
        returns = {line.returned_id: line.returned for line in lines}
        for line in lines:
            returns[line.returned_id].total -= line.amount
            returns[line.returned_id].vat -= line.vat
        Return.objects.bulk_update(returns.values(), ["total", "vat"])
        delete_rows(ReturnLine, [line.pk for line in lines])
        refresh_summaries({row.customer_id for row in returns.values() if row.customer_id})
        return []


def _take_off(lines: Iterable[ReturnLine]) -> None:
    """Let what was bought count as not returned again."""
    back: dict[int, tuple[Decimal, int]] = {}
    for line in lines:
        if line.order_line_id is not None:
            quantity, amount = back.get(line.order_line_id, (Decimal(0), 0))
            back[line.order_line_id] = (quantity + line.quantity, amount + line.amount)
    bought = list(OrderLine.objects.select_for_update().filter(pk__in=back))
    by_order: dict[int, int] = {}
    for line_bought in bought:
        quantity, amount = back[line_bought.pk]
        line_bought.returned_quantity -= quantity
        by_order[line_bought.order_id] = by_order.get(line_bought.order_id, 0) - amount
    keep_returned(bought)
    give_back(by_order)


UNDOERS: tuple[Undoer, ...] = (_UndoOrders(), _UndoOrderLines(), _UndoReturns(), _UndoReturnLines())

"""What must always hold of purchases and returns: every sum is the sum of its parts, and nothing is there twice."""

from collections.abc import Iterator

from django.db.models import Count, F, Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from stamkunde.kit.invariants import Invariant
from stamkunde.sales.models import Order, OrderLine, Payment, PurchaseSummary, Refund, Return, ReturnLine


def total_of(parts: QuerySet[Model], field: str, *, by: str) -> Coalesce:
    """Return the sum of a field over the parts that belong to the outer row, nought where there are none."""
    own = parts.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(own.annotate(in_all=Sum(field)).values("in_all")), 0)


def keys_twice() -> Iterator[str]:
    for model, what in ((Order, "purchases"), (Return, "returns")):
        keyed = model._default_manager.exclude(idempotency_key=None).order_by().values("idempotency_key")
        for row in keyed.annotate(found=Count("pk")).filter(found__gt=1):
            yield f"{row['found']} {what} carry the key {row['idempotency_key']}."
        receipts = model._default_manager.exclude(till=None).exclude(receipt_number="").order_by()
        for row in receipts.values("till", "receipt_number").annotate(found=Count("pk")).filter(found__gt=1):
            yield f"{row['found']} {what} carry the receipt number {row['receipt_number']} of till {row['till']}."


def orders_unlike_their_lines() -> Iterator[str]:
    lines = OrderLine.objects.all()
    orders = Order.objects.annotate(
        of_lines=total_of(lines, "amount", by="order"), vat_of_lines=total_of(lines, "vat", by="order")
    )
    for order in orders.exclude(total=F("of_lines"), vat=F("vat_of_lines")).order_by("pk").iterator():
        yield (
            f"Purchase {order.pk} says {order.total} with VAT {order.vat}, its lines say "
            f"{order.of_lines} with VAT {order.vat_of_lines}."
        )


def orders_unlike_their_payments() -> Iterator[str]:
    paid = Order.objects.filter(pk__in=Payment.objects.values("order")).annotate(
        paid=total_of(Payment.objects.all(), "amount", by="order")
    )
    for order in paid.exclude(total=F("paid")).order_by("pk").iterator():
        yield f"Purchase {order.pk} cost {order.total}, its payments say {order.paid}."


def returns_beyond_what_was_bought() -> Iterator[str]:
    returned = ReturnLine.objects.exclude(order_line=None)
    lines = OrderLine.objects.filter(Q(pk__in=returned.values("order_line")) | Q(returned_quantity__gt=0)).annotate(
        brought_back=Coalesce(
            Subquery(
                returned.filter(order_line=OuterRef("pk"))
                .order_by()
                .values("order_line")
                .annotate(in_all=Sum("quantity"))
                .values("in_all")
            ),
            0,
            output_field=OrderLine._meta.get_field("quantity"),
        ),
        given_back=total_of(returned, "amount", by="order_line"),
    )
    for line in lines.order_by("pk").iterator():
        if line.brought_back > line.quantity or line.given_back > line.amount:
            yield (
                f"Of line {line.pk} ({line.quantity} for {line.amount}) {line.brought_back} were taken back "
                f"for {line.given_back}."
            )
        elif line.brought_back != line.returned_quantity:
            yield f"Line {line.pk} says {line.returned_quantity} were taken back, its returns say {line.brought_back}."


def orders_unlike_their_returns() -> Iterator[str]:
    given_back = total_of(ReturnLine.objects.all(), "amount", by="order_line__order")
    orders = Order.objects.filter(
        Q(returned_total__gt=0) | Q(pk__in=ReturnLine.objects.exclude(order_line=None).values("order_line__order"))
    ).annotate(given_back=given_back)
    for order in orders.exclude(returned_total=F("given_back")).order_by("pk").iterator():
        yield f"Purchase {order.pk} says {order.returned_total} was given back, its returns say {order.given_back}."


def returns_unlike_their_parts() -> Iterator[str]:
    lines = ReturnLine.objects.all()
    returns = Return.objects.annotate(
        of_lines=total_of(lines, "amount", by="returned"), vat_of_lines=total_of(lines, "vat", by="returned")
    )
    for returned in returns.exclude(total=F("of_lines"), vat=F("vat_of_lines")).order_by("pk").iterator():
        yield (
            f"Return {returned.pk} says {returned.total} with VAT {returned.vat}, its lines say "
            f"{returned.of_lines} with VAT {returned.vat_of_lines}."
        )
    refunded = Return.objects.filter(pk__in=Refund.objects.values("returned")).annotate(
        refunded=total_of(Refund.objects.all(), "amount", by="returned")
    )
    for returned in refunded.exclude(total=F("refunded")).order_by("pk").iterator():
        yield f"Return {returned.pk} is of {returned.total}, its refunds say {returned.refunded}."


def summaries_unlike_purchases() -> Iterator[str]:
    """Yield the customers whose kept sums differ from what their purchases and returns add up to."""
    counted: dict[tuple[int, str], list[int]] = {}
    orders = Order.objects.exclude(customer=None).order_by().values_list("customer", "currency")
    for customer, currency, number, bought in orders.annotate(Count("pk"), Sum("total")).iterator():
        counted[customer, currency] = [number, bought, 0]
    returns = Return.objects.exclude(customer=None).order_by().values_list("customer", "currency")
    for customer, currency, returned in returns.annotate(Sum("total")).iterator():
        counted.setdefault((customer, currency), [0, 0, 0])[2] = returned
    for kept in PurchaseSummary.objects.order_by("pk").iterator():
        number, bought, returned = counted.pop((kept.customer_id, kept.currency), [0, 0, 0])
        if (kept.orders, kept.bought, kept.returned, kept.net) != (number, bought, returned, bought - returned):
            yield (
                f"Customer {kept.customer_id} is said to have bought {kept.orders} times for {kept.bought} "
                f"{kept.currency} and to have returned {kept.returned}; the purchases say {number} times "
                f"for {bought} and {returned}."
            )
    for customer, currency in counted:
        yield f"Customer {customer} has purchases in {currency} but no sums of them."


INVARIANTS = (
    Invariant("keys-once", "Every key and every receipt number of a till is there once.", keys_twice),
    Invariant("orders-add-up", "Every purchase is the sum of its lines, and so is its VAT.", orders_unlike_their_lines),
    Invariant("orders-paid", "What was paid for a purchase is what it cost.", orders_unlike_their_payments),
    Invariant("returns-within", "Nothing was returned beyond what was bought.", returns_beyond_what_was_bought),
    Invariant("orders-returned", "Every purchase knows what was given back for it.", orders_unlike_their_returns),
    Invariant("returns-add-up", "Every return is the sum of its lines and of its refunds.", returns_unlike_their_parts),
    Invariant("sums-kept", "The sums kept with customers are those of their purchases.", summaries_unlike_purchases),
)

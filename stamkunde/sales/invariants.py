"""What must always hold of purchases and returns: every sum is the sum of its parts, and nothing is there twice."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit.invariants import Invariant
from stamkunde.pricing.models import VoucherRedemption
from stamkunde.pricing.queries.codes import written
from stamkunde.sales.invariants_of_payments import PROVIDER_INVARIANTS
from stamkunde.sales.models import (
    BookedSlot,
    Booking,
    BookingState,
    DeliveryLine,
    DeliveryState,
    GiftCard,
    GiftCardPosting,
    Invoice,
    OfferUse,
    Order,
    OrderLine,
    Owed,
    Payment,
    PaymentMethod,
    Refund,
    Return,
    ReturnLine,
)
from stamkunde.sales.offline_invariants import OFFLINE_AS_PAID


def total_of(parts: QuerySet[Model], field: str, *, by: str) -> Coalesce:
    """Return the sum of a field over the parts that belong to the outer row, nought where there are none."""
    own = parts.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(own.annotate(in_all=Sum(field)).values("in_all")), 0)


_TWICE = (
    (
        Order,
        gettext_lazy("%(found)s purchases carry the key %(key)s."),
        gettext_lazy("%(found)s purchases carry the receipt number %(number)s of till %(till)s."),
    ),
    (
        Return,
        gettext_lazy("%(found)s returns carry the key %(key)s."),
        gettext_lazy("%(found)s returns carry the receipt number %(number)s of till %(till)s."),
    ),
)


def keys_twice() -> Iterator[str]:
    for model, same_key, same_receipt in _TWICE:
        keyed = model._default_manager.exclude(idempotency_key=None).order_by().values("idempotency_key")
        for row in keyed.annotate(found=Count("pk")).filter(found__gt=1):
            yield same_key % {"found": row["found"], "key": row["idempotency_key"]}
        receipts = model._default_manager.exclude(till=None).exclude(receipt_number="").order_by()
        for receipt in receipts.values("till", "receipt_number").annotate(found=Count("pk")).filter(found__gt=1):
            yield same_receipt % {
                "found": receipt["found"],
                "number": receipt["receipt_number"],
                "till": receipt["till"],
            }


def orders_unlike_their_lines() -> Iterator[str]:
    lines = OrderLine.objects.all()
    orders = Order.objects.annotate(
        of_lines=total_of(lines, "amount", by="order"), vat_of_lines=total_of(lines, "vat", by="order")
    )
    for order in orders.exclude(total=F("of_lines"), vat=F("vat_of_lines")).order_by("pk").iterator():
        yield (
            _(
                "Purchase %(number)s says %(total)s with VAT %(vat)s, its lines say "
                "%(of_lines)s with VAT %(vat_of_lines)s."
            )
            % {
                "number": order.pk,
                "total": order.total,
                "vat": order.vat,
                "of_lines": order.of_lines,
                "vat_of_lines": order.vat_of_lines,
            }
        )


def orders_unlike_their_payments() -> Iterator[str]:
    paid = Order.objects.filter(pk__in=Payment.objects.values("order")).annotate(
        paid=total_of(Payment.objects.all(), "amount", by="order")
    )
    for order in paid.exclude(total=F("paid") - F("rounding")).order_by("pk").iterator():
        yield _("Purchase %(number)s cost %(total)s with a rounding of %(rounding)s, its payments say %(paid)s.") % {
            "number": order.pk,
            "total": order.total,
            "rounding": order.rounding,
            "paid": order.paid,
        }
    # Rounding is of coins: where it is known how all was paid, and nothing of it in cash, there is none.
    without_cash = Order.objects.exclude(rounding=0).filter(pk__in=Payment.objects.values("order"))
    for other in without_cash.exclude(payments__method=PaymentMethod.CASH).order_by("pk").iterator():
        yield _("Purchase %(number)s was rounded by %(rounding)s, but nothing of it was paid in cash.") % {
            "number": other.pk,
            "rounding": other.rounding,
        }


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
        # Where discounts are worked out anew, what an earlier return gave too little may come with this line.
        if line.brought_back > line.quantity or line.given_back > line.amount + line.discount:
            yield (
                _(
                    "Of line %(number)s (%(quantity)s for %(amount)s) %(brought_back)s were taken back "
                    "for %(given_back)s."
                )
                % {
                    "number": line.pk,
                    "quantity": line.quantity,
                    "amount": line.amount,
                    "brought_back": line.brought_back,
                    "given_back": line.given_back,
                }
            )
        elif line.brought_back != line.returned_quantity:
            yield _("Line %(number)s says %(returned_quantity)s were taken back, its returns say %(brought_back)s.") % {
                "number": line.pk,
                "returned_quantity": line.returned_quantity,
                "brought_back": line.brought_back,
            }


def orders_unlike_their_returns() -> Iterator[str]:
    given_back = total_of(ReturnLine.objects.all(), "amount", by="order_line__order")
    orders = Order.objects.filter(
        Q(returned_total__gt=0) | Q(pk__in=ReturnLine.objects.exclude(order_line=None).values("order_line__order"))
    ).annotate(given_back=given_back)
    wrong = orders.exclude(returned_total=F("given_back")) | orders.filter(returned_total__gt=F("total"))
    for order in wrong.order_by("pk").iterator():
        yield _("Purchase %(number)s says %(returned_total)s was given back, its returns say %(given_back)s.") % {
            "number": order.pk,
            "returned_total": order.returned_total,
            "given_back": order.given_back,
        }


def returns_unlike_their_parts() -> Iterator[str]:
    lines = ReturnLine.objects.all()
    returns = Return.objects.annotate(
        of_lines=total_of(lines, "amount", by="returned"), vat_of_lines=total_of(lines, "vat", by="returned")
    )
    for returned in returns.exclude(total=F("of_lines"), vat=F("vat_of_lines")).order_by("pk").iterator():
        yield (
            _(
                "Return %(number)s says %(total)s with VAT %(vat)s, its lines say "
                "%(of_lines)s with VAT %(vat_of_lines)s."
            )
            % {
                "number": returned.pk,
                "total": returned.total,
                "vat": returned.vat,
                "of_lines": returned.of_lines,
                "vat_of_lines": returned.vat_of_lines,
            }
        )
    refunded = Return.objects.filter(pk__in=Refund.objects.values("returned")).annotate(
        refunded=total_of(Refund.objects.all(), "amount", by="returned")
    )
    for other in refunded.exclude(total=F("refunded") - F("rounding")).order_by("pk").iterator():
        yield _("Return %(number)s is of %(total)s with a rounding of %(rounding)s, its refunds say %(refunded)s.") % {
            "number": other.pk,
            "total": other.total,
            "rounding": other.rounding,
            "refunded": other.refunded,
        }


def exchanges_that_do_not_meet() -> Iterator[str]:
    """Yield the purchases of which what came back for them is not what they were paid with by it."""
    back = Refund.objects.filter(method=PaymentMethod.EXCHANGE)
    orders = Order.objects.filter(
        Q(pk__in=Payment.objects.filter(method=PaymentMethod.EXCHANGE).values("order"))
        | Q(pk__in=Return.objects.exclude(exchanged_for=None).values("exchanged_for"))
    ).annotate(
        paid=total_of(Payment.objects.filter(method=PaymentMethod.EXCHANGE), "amount", by="order"),
        back=total_of(back, "amount", by="returned__exchanged_for"),
    )
    for order in orders.exclude(paid=F("back")).order_by("pk").iterator():
        yield _("Purchase %(number)s was paid with %(paid)s of what came back for it, and %(back)s came back.") % {
            "number": order.pk,
            "paid": order.paid,
            "back": order.back,
        }


def invoices_unlike_their_payments() -> Iterator[str]:
    """Yield the invoices that are not their payment, and those credited by more or less than came back."""
    orders = Order.objects.filter(pk__in=Invoice.objects.values("payment__order")).annotate(
        invoiced=total_of(Invoice.objects.all(), "amount", by="payment__order"),
        by_invoice=total_of(Payment.objects.filter(method=PaymentMethod.INVOICE), "amount", by="order"),
        credited=total_of(Invoice.objects.all(), "credited", by="payment__order"),
    )
    for order in orders.order_by("pk").iterator():
        given = min(sum(refund.amount for refund in _invoice_refunds(order.pk)), order.by_invoice)
        if order.invoiced != order.by_invoice or order.credited != given:
            yield _(
                "Purchase %(number)s was paid by invoice with %(paid)s, less %(back)s that came back; its invoices "
                "say %(invoiced)s, less %(credited)s."
            ) % {
                "number": order.pk,
                "paid": order.by_invoice,
                "back": given,
                "invoiced": order.invoiced,
                "credited": order.credited,
            }


def _invoice_refunds(order_id: int) -> QuerySet[Refund]:
    returns = ReturnLine.objects.filter(order_line__order=order_id).values("returned")
    return Refund.objects.filter(method=PaymentMethod.INVOICE, returned__in=returns)


def gift_cards_unlike_their_postings() -> Iterator[str]:
    """Yield the cards whose balance is not the sum of their postings, and payments by card that no posting bears."""
    cards = GiftCard.objects.annotate(posted=total_of(GiftCardPosting.objects.all(), "amount", by="card"))
    for card in cards.exclude(balance=F("posted"), balance__gte=0).order_by("pk").iterator():
        yield _("Gift card %(number)s is said to hold %(balance)s, its postings say %(posted)s.") % {
            "number": card.pk,
            "balance": card.balance,
            "posted": card.posted,
        }
    by_card = Payment.objects.filter(method=PaymentMethod.GIFT_CARD)
    unlike = by_card.filter(Q(gift_card_posting=None) | ~Q(gift_card_posting__amount=-1 * F("amount")))
    for payment in unlike.order_by("pk").iterator():
        yield _("Purchase %(number)s was paid by gift card with %(amount)s, which was taken off no card.") % {
            "number": payment.order_id,
            "amount": payment.amount,
        }
    back = Refund.objects.filter(method=PaymentMethod.GIFT_CARD).exclude(amount=0)
    unlike_back = back.filter(Q(gift_card_posting=None) | ~Q(gift_card_posting__amount=F("amount")))
    for refund in unlike_back.order_by("pk").iterator():
        yield _("Return %(number)s gave %(amount)s back by gift card, which was put on no card.") % {
            "number": refund.returned_id,
            "amount": refund.amount,
        }


_SUMS = """
    SELECT k.customer_id, k.currency, k.orders, k.bought, k.returned, k.net,
        COALESCE(o.number, 0), COALESCE(o.total, 0), COALESCE(r.total, 0)
    FROM sales_purchasesummary k
    LEFT JOIN (SELECT customer_id, currency, COUNT(*) AS number, SUM(total) AS total FROM sales_order
        WHERE customer_id IS NOT NULL GROUP BY customer_id, currency) o
        ON o.customer_id = k.customer_id AND o.currency = k.currency
    LEFT JOIN (SELECT customer_id, currency, SUM(total) AS total FROM sales_return
        WHERE customer_id IS NOT NULL GROUP BY customer_id, currency) r
        ON r.customer_id = k.customer_id AND r.currency = k.currency
    WHERE k.orders <> COALESCE(o.number, 0) OR k.bought <> COALESCE(o.total, 0) OR k.returned <> COALESCE(r.total, 0)
        OR k.net <> k.bought - k.returned
    ORDER BY k.customer_id
"""
_WITHOUT_SUMS = """
    SELECT DISTINCT t.customer_id, t.currency FROM (
        SELECT customer_id, currency FROM sales_order UNION SELECT customer_id, currency FROM sales_return
    ) t WHERE t.customer_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM sales_purchasesummary k WHERE k.customer_id = t.customer_id AND k.currency = t.currency)
    ORDER BY t.customer_id
"""
_VISITS = """
    SELECT c.id, c.visits, COALESCE(o.days, 0) FROM customers_customer c
    LEFT JOIN (SELECT customer_id, COUNT(DISTINCT business_day) AS days, MIN(placed_at) AS earliest,
            MAX(placed_at) AS latest FROM sales_order
        WHERE customer_id IS NOT NULL AND (total <= 0 OR returned_total < total) GROUP BY customer_id) o
        ON o.customer_id = c.id
    WHERE c.visits <> COALESCE(o.days, 0)
        OR (o.days IS NOT NULL AND (c.first_visit_at IS NULL OR c.first_visit_at <> o.earliest
            OR c.last_visit_at IS NULL OR c.last_visit_at <> o.latest))
    ORDER BY c.id
"""


def summaries_unlike_purchases() -> Iterator[str]:
    """Yield the customers whose kept sums differ from what their purchases and returns add up to."""
    for customer, currency, orders, bought, returned, net, number, total, given_back in _rows(_SUMS):
        yield (
            _(
                "Customer %(customer)s is said to have bought %(orders)s times for %(bought)s %(currency)s, to have "
                "returned %(returned)s and to be left with %(net)s; the purchases say "
                "%(number)s times for %(total)s and %(given_back)s."
            )
            % {
                "customer": customer,
                "orders": orders,
                "bought": bought,
                "currency": currency,
                "returned": returned,
                "net": net,
                "number": number,
                "total": total,
                "given_back": given_back,
            }
        )
    for customer, currency in _rows(_WITHOUT_SUMS):
        yield _("Customer %(customer)s has purchases in %(currency)s but no sums of them.") % {
            "customer": customer,
            "currency": currency,
        }


def visits_unlike_purchases() -> Iterator[str]:
    for customer, kept, counted in _rows(_VISITS):
        yield _(
            "Customer %(customer)s is said to have come on %(kept)s days; the purchases say %(counted)s, or other days."
        ) % {"customer": customer, "kept": kept, "counted": counted}


def _rows(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(1_000):
            yield from rows


def owed_unlike_its_plans() -> Iterator[str]:
    """Yield the purchases of which more or less is planned, or done, than deliveries and bookings say."""
    open_or_over = ~Q(delivery__state=DeliveryState.FAILED)
    lines, bookings = DeliveryLine.objects.filter(open_or_over), Booking.objects.filter(_STANDS)
    owed = Owed.objects.annotate(
        delivering=_quantity_of(lines),
        booked=_quantity_of(bookings),
        delivered=_quantity_of(lines.filter(delivery__state=DeliveryState.DELIVERED)),
        kept=_quantity_of(bookings.filter(state=BookingState.KEPT)),
    )
    wrong = owed.exclude(planned=F("delivering") + F("booked"), done=F("delivered") + F("kept"))
    for own in wrong.order_by("pk").iterator():
        yield _(
            "Of purchase %(number)s %(planned)s are said to be planned and %(done)s done; "
            "deliveries and bookings say %(really_planned)s and %(really_done)s."
        ) % {
            "number": own.order_id,
            "planned": own.planned,
            "done": own.done,
            "really_planned": own.delivering + own.booked,
            "really_done": own.delivered + own.kept,
        }


_STANDS = Q(state__in=[BookingState.BOOKED, BookingState.KEPT])


def _quantity_of(parts: QuerySet[Any]) -> Coalesce:
    own = parts.filter(owed=OuterRef("pk")).order_by().values("owed")
    quantity = Owed._meta.get_field("quantity")
    return Coalesce(Subquery(own.annotate(in_all=Sum("quantity")).values("in_all")), 0, output_field=quantity)


def bookings_unlike_their_slots() -> Iterator[str]:
    """Yield the bookings that take up other times than they should; two of one person at once cannot be."""
    taken = BookedSlot.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    counted = Coalesce(Subquery(taken.annotate(number=Count("pk")).values("number")), 0)
    for booking in Booking.objects.annotate(taken=counted).order_by("pk").iterator():
        stands = booking.state in (BookingState.BOOKED, BookingState.KEPT)
        wanted = int((booking.ends_at - booking.begins_at).total_seconds()) // 300 if stands else 0
        if booking.taken != wanted:
            yield _("Booking %(number)s takes up %(taken)s times of five minutes instead of %(wanted)s.") % {
                "number": booking.pk,
                "taken": booking.taken,
                "wanted": wanted,
            }


def codes_unlike_purchases() -> Iterator[str]:
    """Yield the purchases that used a code of which their lines or the offers they used do not tell, or the reverse."""
    # The text of a code whose owner was forgotten is another now.
    nobodys = {"voucher__is_personal": True, "voucher__owner": None}
    uses = (
        VoucherRedemption.objects.exclude(order_number=None)
        .exclude(**nobodys)
        .select_related("voucher__batch")
        .order_by("pk")
    )
    for some in _portions(uses):
        numbers = [one.order_number for one in some]
        told: dict[int, set[str]] = {}
        for order, steps in OrderLine.objects.filter(order__in=numbers).values_list("order", "price_steps"):
            told.setdefault(order, set()).update(str(step.get("source", "")) for step in steps or ())
        known = set(OfferUse.objects.filter(order__in=numbers).values_list("order", "voucher"))
        for one in some:
            order = one.order_number or 0
            # Points alone are told of no line; of a purchase that is no longer kept nothing is.
            is_told = f"code:{written(one.voucher)}" in told.get(order, ()) or not one.amount
            if order in told and not (is_told and (order, one.voucher_id) in known):
                yield _("Purchase %(order)s used a code, and its lines or its offers do not say so.") % {"order": order}
    used = VoucherRedemption.objects.filter(voucher=OuterRef("voucher"), order_number=OuterRef("order"))
    for order in OfferUse.objects.exclude(voucher=None).exclude(Exists(used)).values_list("order", flat=True):
        yield _("Purchase %(order)s had an offer by a code that was not used for it.") % {"order": order}


def _portions(rows: QuerySet[VoucherRedemption]) -> Iterator[list[VoucherRedemption]]:
    last = 0
    while some := list(rows.filter(pk__gt=last)[:500]):
        yield some
        last = some[-1].pk


INVARIANTS = (
    OFFLINE_AS_PAID,
    Invariant(
        "handing-over",
        gettext_lazy("What is planned and done of a purchase is what its deliveries and bookings say."),
        owed_unlike_its_plans,
    ),
    Invariant(
        "bookings-take-time",
        gettext_lazy("Every booking that stands takes up its time, and no other does."),
        bookings_unlike_their_slots,
    ),
    Invariant(
        "codes-told",
        gettext_lazy("Every code that a purchase used stands in its lines and with its offers."),
        codes_unlike_purchases,
    ),
    Invariant("keys-once", gettext_lazy("Every key and every receipt number of a till is there once."), keys_twice),
    Invariant(
        "orders-add-up",
        gettext_lazy("Every purchase is the sum of its lines, and so is its VAT."),
        orders_unlike_their_lines,
    ),
    Invariant(
        "orders-paid",
        gettext_lazy("What was paid for a purchase is what it cost, and its rounding."),
        orders_unlike_their_payments,
    ),
    Invariant(
        "returns-within", gettext_lazy("Nothing was returned beyond what was bought."), returns_beyond_what_was_bought
    ),
    Invariant(
        "orders-returned", gettext_lazy("Every purchase knows what was given back for it."), orders_unlike_their_returns
    ),
    Invariant(
        "returns-add-up",
        gettext_lazy("Every return is the sum of its lines, and of its refunds less its rounding."),
        returns_unlike_their_parts,
    ),
    Invariant(
        "gift-cards",
        gettext_lazy("What is on every gift card is the sum of its postings, and each payment by card is one of them."),
        gift_cards_unlike_their_postings,
    ),
    Invariant(
        "exchanges-meet",
        gettext_lazy("What came back in exchange is what it paid for."),
        exchanges_that_do_not_meet,
    ),
    Invariant(
        "invoices-owed",
        gettext_lazy("Every invoice is what was to be paid by it, less what came back."),
        invoices_unlike_their_payments,
    ),
    Invariant(
        "visits-kept",
        gettext_lazy("The visits kept with customers are the days of their purchases."),
        visits_unlike_purchases,
    ),
    Invariant(
        "sums-kept",
        gettext_lazy("The sums kept with customers are those of their purchases."),
        summaries_unlike_purchases,
    ),
    *PROVIDER_INVARIANTS,
)

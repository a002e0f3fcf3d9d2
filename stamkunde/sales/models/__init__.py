"""The tables of trade, by noun."""

from stamkunde.sales.models.order import Channel, Order, OrderLine, Payment, PaymentMethod
from stamkunde.sales.models.returns import Refund, Return, ReturnLine, ReturnReason
from stamkunde.sales.models.summary import PurchaseSummary

__all__ = [
    "Channel",
    "Order",
    "OrderLine",
    "Payment",
    "PaymentMethod",
    "PurchaseSummary",
    "Refund",
    "Return",
    "ReturnLine",
    "ReturnReason",
]

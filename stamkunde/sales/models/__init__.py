"""The tables of trade, by noun."""

from stamkunde.sales.models.order import Channel, Order, OrderLine, Payment, PaymentMethod
from stamkunde.sales.models.quote import (
    HeldQuote,
    Proposal,
    ProposalAnswer,
    ProposalLine,
    ProposalState,
    ProposalVersion,
)
from stamkunde.sales.models.returns import Refund, Return, ReturnLine, ReturnReason
from stamkunde.sales.models.summary import PurchaseSummary

__all__ = [
    "Channel",
    "HeldQuote",
    "Order",
    "OrderLine",
    "Payment",
    "PaymentMethod",
    "Proposal",
    "ProposalAnswer",
    "ProposalLine",
    "ProposalState",
    "ProposalVersion",
    "PurchaseSummary",
    "Refund",
    "Return",
    "ReturnLine",
    "ReturnReason",
]

"""The tables of trade, by noun."""

from stamkunde.sales.models.fulfilment import (
    BookedSlot,
    Booking,
    BookingRecord,
    BookingState,
    Delivery,
    DeliveryLine,
    DeliveryRecord,
    DeliveryState,
    Owed,
    Way,
)
from stamkunde.sales.models.gift_cards import CardKind, GiftCard, GiftCardPosting, GiftCardState, PostingKind
from stamkunde.sales.models.invoices import Invoice, InvoiceCount
from stamkunde.sales.models.offer_use import OfferUse
from stamkunde.sales.models.offline import OfflineReason, OfflineSale, OfflineState
from stamkunde.sales.models.order import BY_WORD, Channel, Order, OrderLine, Payment, PaymentMethod, ways_by_word
from stamkunde.sales.models.provider_payments import (
    LIVE_STATES,
    AttemptState,
    PaymentAttempt,
    PaymentLink,
    PaymentProvider,
    PaymentStep,
    ProviderNotice,
    ProviderRefund,
    ProviderRefundState,
)
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
    "LIVE_STATES",
    "AttemptState",
    "PaymentAttempt",
    "PaymentLink",
    "PaymentProvider",
    "PaymentStep",
    "ProviderNotice",
    "ProviderRefund",
    "ProviderRefundState",
    "BY_WORD",
    "CardKind",
    "GiftCardState",
    "BookedSlot",
    "Booking",
    "BookingRecord",
    "BookingState",
    "Channel",
    "Delivery",
    "DeliveryLine",
    "DeliveryRecord",
    "DeliveryState",
    "HeldQuote",
    "GiftCard",
    "GiftCardPosting",
    "Invoice",
    "InvoiceCount",
    "OfferUse",
    "OfflineReason",
    "OfflineSale",
    "OfflineState",
    "Order",
    "OrderLine",
    "Owed",
    "Payment",
    "PaymentMethod",
    "Proposal",
    "ProposalAnswer",
    "ProposalLine",
    "ProposalState",
    "ProposalVersion",
    "PostingKind",
    "PurchaseSummary",
    "Refund",
    "Return",
    "ReturnLine",
    "ReturnReason",
    "ways_by_word",
    "Way",
]

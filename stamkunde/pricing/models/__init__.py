"""Price books, offers, and the codes that bring an offer."""

from stamkunde.pricing.models.prices import (
    ForWhom,
    Offer,
    OfferCount,
    OfferLayer,
    OfferOwner,
    OfferRun,
    OfferStacking,
    OfferState,
    PriceBook,
    PriceBookVersion,
    PriceRow,
)
from stamkunde.pricing.models.vouchers import (
    BatchKind,
    BatchState,
    OnReturn,
    Voucher,
    VoucherBatch,
    VoucherRedemption,
    VoucherReservation,
)

__all__ = [
    "BatchKind",
    "BatchState",
    "ForWhom",
    "Offer",
    "OfferCount",
    "OfferLayer",
    "OfferOwner",
    "OfferRun",
    "OfferStacking",
    "OfferState",
    "OnReturn",
    "PriceBook",
    "PriceBookVersion",
    "PriceRow",
    "Voucher",
    "VoucherBatch",
    "VoucherRedemption",
    "VoucherReservation",
]

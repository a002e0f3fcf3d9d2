"""Reads of purchases and returns, by what they are for."""

from stamkunde.sales.queries.archive import PastYear, past_years
from stamkunde.sales.queries.figures import (
    FourNumbers,
    favourite_products,
    four_numbers,
    monthly_purchases,
    purchase_sums,
)
from stamkunde.sales.queries.lists import orders_of_customer, purchases, returns
from stamkunde.sales.queries.preview import Preview, PreviewLine, preview
from stamkunde.sales.queries.receipts import OrderDetail, ReturnDetail, order_detail, return_detail
from stamkunde.sales.queries.shop import Takings, takings

__all__ = [
    "FourNumbers",
    "OrderDetail",
    "PastYear",
    "Preview",
    "PreviewLine",
    "ReturnDetail",
    "Takings",
    "favourite_products",
    "four_numbers",
    "monthly_purchases",
    "order_detail",
    "orders_of_customer",
    "past_years",
    "preview",
    "purchase_sums",
    "purchases",
    "return_detail",
    "returns",
    "takings",
]

"""Reads of purchases and returns, by what they are for."""

from stamkunde.sales.queries.figures import (
    FourNumbers,
    favourite_products,
    four_numbers,
    monthly_purchases,
    purchase_sums,
)
from stamkunde.sales.queries.lists import orders_of_customer, purchases, returns, returns_of_customer
from stamkunde.sales.queries.preview import Preview, PreviewLine, preview
from stamkunde.sales.queries.receipts import OrderDetail, ReturnDetail, order_detail, return_detail
from stamkunde.sales.queries.shop import Takings, takings

__all__ = [
    "FourNumbers",
    "OrderDetail",
    "Preview",
    "PreviewLine",
    "ReturnDetail",
    "Takings",
    "favourite_products",
    "four_numbers",
    "monthly_purchases",
    "order_detail",
    "orders_of_customer",
    "preview",
    "purchase_sums",
    "purchases",
    "return_detail",
    "returns",
    "returns_of_customer",
    "takings",
]

"""Purchases and returns, as machines register and read them."""

from stamkunde.sales.api import (
    exchanges,
    figures,
    fulfilment,
    gift_cards,
    invoices,
    offline,
    orders,
    payments,
    quotes,
    returns,
)

ROUTES = (
    orders.routes,
    offline.routes,
    returns.routes,
    exchanges.routes,
    gift_cards.routes,
    invoices.routes,
    payments.routes,
    quotes.routes,
    fulfilment.routes,
    figures.routes,
)

"""Purchases and returns, as machines register and read them."""

from stamkunde.sales.api import exchanges, figures, fulfilment, gift_cards, invoices, orders, payments, quotes, returns

ROUTES = (
    orders.routes,
    returns.routes,
    exchanges.routes,
    gift_cards.routes,
    invoices.routes,
    payments.routes,
    quotes.routes,
    fulfilment.routes,
    figures.routes,
)

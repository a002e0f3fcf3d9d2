"""Purchases and returns, as machines register and read them."""

from stamkunde.sales.api import figures, orders, quotes, returns

ROUTES = (orders.routes, returns.routes, quotes.routes, figures.routes)

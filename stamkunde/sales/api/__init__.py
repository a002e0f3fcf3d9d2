"""Purchases and returns, as machines register and read them."""

from stamkunde.sales.api import figures, orders, returns

ROUTES = (orders.routes, returns.routes, figures.routes)

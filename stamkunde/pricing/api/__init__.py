"""What machines may ask of prices: quotes, price books and offers."""

from stamkunde.pricing.api import books, offers, quotes, vouchers

ROUTES = (quotes.routes, books.routes, offers.routes, vouchers.routes)

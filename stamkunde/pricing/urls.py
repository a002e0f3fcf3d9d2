"""The addresses of price books and offers."""

from django.urls import path

from stamkunde.pricing.views import books, offers, products, vouchers

app_name = "pricing"

urlpatterns = [
    path("offers/", offers.offers, name="offers"),
    path("offers/new/", offers.offer_new, name="offer_new"),
    path("offers/calendar/", offers.calendar, name="calendar"),
    path("offers/trial/", offers.trial, name="trial"),
    path("offers/<int:pk>/", offers.offer, name="offer"),
    path("offers/<int:pk>/content/", offers.offer_change, name="offer_change"),
    path("offers/<int:pk>/state/", offers.offer_state, name="offer_state"),
    path("offers/basket/", offers.basket, name="basket"),
    path("vouchers/", vouchers.batches, name="batches"),
    path("vouchers/new/", vouchers.batch_new, name="batch_new"),
    path("vouchers/code/", vouchers.code, name="code"),
    path("vouchers/<int:pk>/", vouchers.batch, name="batch"),
    path("vouchers/<int:pk>/state/", vouchers.batch_state, name="batch_state"),
    path("vouchers/<int:pk>/file/", vouchers.batch_file, name="batch_file"),
    path("vouchers/<int:pk>/codes/<int:code_id>/block/", vouchers.code_block, name="code_block"),
    path("products/<int:pk>/offers/", products.product_prices, name="product_prices"),
    path("price-books/", books.books, name="books"),
    path("price-books/new/", books.book_new, name="book_new"),
    path("price-books/<int:pk>/", books.book, name="book"),
    path("price-books/<int:pk>/versions/", books.book_publish, name="book_publish"),
    path("price-books/<int:pk>/versions/<int:number>/withdrawal/", books.version_withdraw, name="version_withdraw"),
]

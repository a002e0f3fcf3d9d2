"""The addresses of the catalogue."""

from django.urls import path

from stamkunde.catalogue.views import product, products, settings

app_name = "catalogue"

urlpatterns = [
    path("products/", products.products, name="products"),
    path("products/new/", product.product_new, name="product_new"),
    path("products/<int:pk>/", product.product, name="product"),
    path("products/<int:pk>/peek/", products.product_peek, name="product_peek"),
    path("products/<int:pk>/edit/", product.product_edit, name="product_edit"),
    path("products/<int:pk>/sale/", product.product_sale, name="product_sale"),
    path("products/<int:pk>/prices/", product.product_prices, name="product_prices"),
    path("products/<int:pk>/prices/<int:price_pk>/withdrawal/", product.price_withdraw, name="price_withdraw"),
    path("products/<int:pk>/barcodes/", product.product_barcodes, name="product_barcodes"),
    path("products/<int:pk>/barcodes/<int:barcode_pk>/removal/", product.barcode_remove, name="barcode_remove"),
    path("settings/categories/", settings.categories, name="categories"),
    path("settings/categories/<int:pk>/", settings.category, name="category"),
    path("settings/categories/<int:pk>/removal/", settings.category_remove, name="category_remove"),
    path("settings/rates/", settings.rates, name="rates"),
]

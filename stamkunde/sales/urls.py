"""The addresses of sales."""

from django.urls import path

from stamkunde.sales.views import lists, loose_return, order, registering, returning, tills

app_name = "sales"

urlpatterns = [
    path("purchases/", lists.orders, name="orders"),
    path("purchases/new/", registering.order_new, name="order_new"),
    path("purchases/new/products/", registering.product_suggestions, name="product_suggestions"),
    path("purchases/new/customers/", registering.customer_suggestions, name="customer_suggestions"),
    path("purchases/tills/", tills.tills, name="tills"),
    path("purchases/<int:pk>/", order.order, name="order"),
    path("purchases/<int:pk>/peek/", order.order_peek, name="order_peek"),
    path("purchases/<int:pk>/customer/", order.order_customer, name="order_customer"),
    path("purchases/<int:pk>/returns/new/", returning.return_new, name="return_new"),
    path("returns/", lists.returns, name="returns"),
    path("returns/new/", loose_return.loose_return_new, name="loose_return_new"),
    path("returns/<int:pk>/", returning.returned, name="return"),
    path("products/<int:pk>/sales/", lists.product_sales, name="product_sales"),
]

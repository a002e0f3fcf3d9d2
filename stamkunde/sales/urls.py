"""The addresses of sales."""

from django.urls import path

from stamkunde.sales.views import lists, loose_return, order, proposal_links, proposals, registering, returning, tills

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
    path("quotes/", proposals.proposal_list, name="proposals"),
    path("quotes/new/", proposals.proposal_new, name="proposal_new"),
    path("quotes/<int:pk>/", proposals.proposal, name="proposal"),
    path("quotes/<int:pk>/edit/", proposals.proposal_edit, name="proposal_edit"),
    path("quotes/<int:pk>/paper/", proposals.proposal_print, name="proposal_print"),
    path("quotes/<int:pk>/send/", proposals.proposal_send, name="proposal_send"),
    path("quotes/<int:pk>/answer/", proposals.proposal_answer, name="proposal_answer"),
    path("q/<str:token>/", proposal_links.quote_link, name="quote_link"),
    path("returns/", lists.returns, name="returns"),
    path("returns/new/", loose_return.loose_return_new, name="loose_return_new"),
    path("returns/<int:pk>/", returning.returned, name="return"),
    path("products/<int:pk>/sales/", lists.product_sales, name="product_sales"),
]

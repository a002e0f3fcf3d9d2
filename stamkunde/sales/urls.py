"""The addresses of sales."""

from django.urls import path

from stamkunde.sales.views import (
    card_months,
    gift_cards,
    invoices,
    lists,
    loose_return,
    order,
    papers,
    proposal_links,
    proposals,
    registering,
    returning,
    tills,
)

app_name = "sales"

urlpatterns = [
    path("purchases/", lists.orders, name="orders"),
    path("purchases/new/", registering.order_new, name="order_new"),
    path("purchases/new/products/", registering.product_suggestions, name="product_suggestions"),
    path("purchases/new/customers/", registering.customer_suggestions, name="customer_suggestions"),
    path("purchases/tills/", tills.tills, name="tills"),
    path("purchases/<int:pk>/", order.order, name="order"),
    path("purchases/<int:pk>/paper/", papers.paper, name="paper"),
    path("purchases/<int:pk>/paper.pdf", papers.paper_pdf, name="paper_pdf"),
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
    path("gift-cards/", gift_cards.gift_cards, name="gift_cards"),
    path("gift-cards/look-up/", gift_cards.gift_card_look_up, name="gift_card_look_up"),
    path("gift-cards/months/", card_months.gift_card_months, name="gift_card_months"),
    path("gift-cards/months/months.csv", card_months.gift_card_months_csv, name="gift_card_months_csv"),
    path("gift-cards/new/", gift_cards.gift_card_new, name="gift_card_new"),
    path("gift-cards/<int:pk>/", gift_cards.gift_card, name="gift_card"),
    path("gift-cards/<int:pk>/change/", gift_cards.gift_card_change, name="gift_card_change"),
    path("gift-cards/<int:pk>/paper/", gift_cards.gift_card_paper, name="gift_card_paper"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<int:pk>/payment/", invoices.invoice_settle, name="invoice_settle"),
    path("returns/", lists.returns, name="returns"),
    path("returns/new/", loose_return.loose_return_new, name="loose_return_new"),
    path("returns/<int:pk>/", returning.returned, name="return"),
    path("products/<int:pk>/sales/", lists.product_sales, name="product_sales"),
]

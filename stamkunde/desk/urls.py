"""The addresses of desk."""

from django.urls import path

from stamkunde.desk.views import (
    alike,
    audit,
    cards,
    customer,
    customers,
    palette,
    put_off,
    saved_views,
    selection,
    settings,
    style,
    today,
)

app_name = "desk"

urlpatterns = [
    path("", today.today, name="today"),
    path("palette/", palette.palette, name="palette"),
    path("search/", palette.search, name="search"),
    path("customers/", customers.customers, name="customers"),
    path("customers/columns/", customers.list_columns, name="columns"),
    path("customers/count/", customers.customer_count, name="customer_count"),
    path("customers/filter/", customers.customer_filter, name="customer_filter"),
    path("customers/selection/", selection.selection, name="selection"),
    path("customers/changes/<int:pk>/", selection.change, name="change"),
    path("customers/changes/<int:pk>/undoings/", selection.change_undoings, name="change_undoings"),
    path("customers/views/new/", saved_views.view_new, name="view_new"),
    path("customers/views/first/", saved_views.first_view, name="first_view"),
    path("customers/views/<int:pk>/change/", saved_views.view_change, name="view_change"),
    path("customers/views/<int:pk>/removal/", saved_views.view_removal, name="view_removal"),
    path("customers/<int:pk>/", customer.customer, name="customer"),
    path("customers/<int:pk>/peek/", customers.customer_peek, name="customer_peek"),
    path("customers/<int:pk>/notes/", customer.customer_note, name="customer_note"),
    path("customers/<int:pk>/alike/", alike.people_alike, name="people_alike"),
    path("customers/<int:pk>/contact/", put_off.contact_done, name="contact_done"),
    path("customers/<int:pk>/draft/", customer.customer_draft, name="customer_draft"),
    path("customers/<int:pk>/notes/<int:note_pk>/undoing/", customer.note_undoing, name="note_undoing"),
    path("customers/<int:pk>/notes/<int:note_pk>/pin/", customer.note_pin, name="note_pin"),
    path("customers/<int:pk>/notes/<int:note_pk>/removal/", customer.note_removal, name="note_removal"),
    path("customers/<int:pk>/notes/<int:note_pk>/return/", customer.note_return, name="note_return"),
    path("customers/<int:pk>/put-off/", put_off.put_off, name="put_off"),
    path("customers/<int:pk>/put-off/end/", put_off.contact_resumption, name="contact_resumption"),
    path("customers/<int:pk>/cards/purchases/", cards.purchases_card, name="purchases_card"),
    path("customers/<int:pk>/cards/favourites/", cards.favourites_card, name="favourites_card"),
    path("audit/", audit.audit, name="audit"),
    path("settings/", settings.settings, name="settings"),
    path("settings/rights/", settings.rights, name="rights"),
    path("settings/rights/<int:pk>/", settings.person_rights, name="person_rights"),
    path("settings/keys/", settings.keys, name="keys"),
    path("style/", style.style, name="style"),
]

"""The addresses of what people ask about their data."""

from django.urls import URLPattern, URLResolver, path

from stamkunde.privacy import views

app_name = "privacy"

urlpatterns: list[URLPattern | URLResolver] = [
    path("privacy/requests/", views.requests, name="requests"),
    path("privacy/requests/<int:pk>/", views.data_request, name="request"),
    path("privacy/requests/<int:pk>/identity/", views.identity, name="identity"),
    path("privacy/requests/<int:pk>/extension/", views.extension, name="extension"),
    path("privacy/requests/<int:pk>/closing/", views.closing, name="closing"),
    path("privacy/requests/<int:pk>/erasure/", views.erasure, name="erasure"),
    path("privacy/requests/<int:pk>/copies/", views.copies, name="copies"),
    path("privacy/requests/<int:pk>/copies/<int:file_pk>/content", views.copy_content, name="copy_content"),
    path("privacy/requests/<int:pk>/copies/<int:file_pk>/reading/", views.copy_reading, name="copy_reading"),
    path("privacy/requests/<int:pk>/copies/<int:file_pk>/removal/", views.copy_removal, name="copy_removal"),
    path("customers/<int:pk>/requests/", views.customer_requests, name="customer_requests"),
]

"""The addresses of exchange."""

from django.urls import URLPattern, URLResolver, path

from stamkunde.exchange import views
from stamkunde.exchange.machines import views as machines

app_name = "exchange"

urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.new_import, name="new_import"),
    path("imports/examples/<slug:kind>.csv", views.example, name="example"),
    path("imports/<int:pk>/", views.import_run, name="import"),
    path("imports/<int:pk>/reading/", views.reading, name="reading"),
    path("imports/<int:pk>/known-people/", views.known_people, name="known_people"),
    path("imports/<int:pk>/rehearsals/", views.rehearsals, name="rehearsals"),
    path("imports/<int:pk>/passages/", views.passages, name="passages"),
    path("imports/<int:pk>/undoings/", views.undoings, name="undoings"),
    path("imports/<int:pk>/discards/", views.discards, name="discards"),
    path("imports/<int:pk>/repeats/", views.repeats, name="repeats"),
    path("imports/<int:pk>/errors/", views.errors, name="errors"),
    path("exports/", views.exports, name="exports"),
    path("exports/<int:pk>/file", views.export_file, name="export_file"),
    path("exports/<int:pk>/removals/", views.export_removals, name="export_removals"),
    path("settings/api/", machines.api, name="api"),
    path("settings/api/events/", machines.event_kinds, name="event_kinds"),
    path("settings/api/about/<slug:slug>/", machines.api_subject, name="api_subject"),
    path("settings/tokens/", machines.tokens, name="tokens"),
    path("settings/tokens/new/", machines.token_new, name="token_new"),
    path("settings/tokens/<int:pk>/end/", machines.token_end, name="token_end"),
    path("settings/webhooks/", machines.webhooks, name="webhooks"),
    path("settings/webhooks/new/", machines.webhook_new, name="webhook_new"),
    path("settings/webhooks/<int:pk>/", machines.webhook, name="webhook"),
    path("settings/webhooks/<int:pk>/test/", machines.webhook_test, name="webhook_test"),
    path("settings/webhooks/<int:pk>/secret/", machines.webhook_secret, name="webhook_secret"),
    path("settings/webhooks/<int:pk>/state/", machines.webhook_active, name="webhook_active"),
    path("settings/webhooks/<int:pk>/removal/", machines.webhook_removal, name="webhook_removal"),
    path(
        "settings/webhooks/<int:pk>/messages/<int:message_pk>/replay/", machines.message_replay, name="message_replay"
    ),
    path(
        "settings/webhooks/<int:pk>/messages/<int:message_pk>/leaving-out/",
        machines.message_leaving_out,
        name="message_leaving_out",
    ),
]

"""The addresses of exchange."""

from django.urls import URLPattern, URLResolver, path

from stamkunde.exchange import views

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
]

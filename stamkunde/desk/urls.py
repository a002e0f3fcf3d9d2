"""The addresses of desk."""

from django.urls import URLPattern, URLResolver, path

from stamkunde.desk.views.style import style

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("style", style, name="style"),
]

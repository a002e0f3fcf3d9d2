"""Answering an address that a list does not understand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def refused(request: HttpRequest, sentence: object, *, back: str) -> HttpResponse:
    """Say in a sentence what was not understood, and show the way back to where it is."""
    name = "desk/parts/refused.html" if request.headers.get("HX-Request") else "desk/refused.html"
    return render(request, name, {"sentence": sentence, "back": back}, status=400)

"""What a provider handed in, given out as a file: never shown in a page, never run."""

from django.http import HttpResponse

from stamkunde.conversations.models import RawText


def raw_text_file(raw: RawText) -> HttpResponse:
    response = HttpResponse(bytes(raw.body), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="text-{raw.pk}.txt"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

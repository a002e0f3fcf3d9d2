"""`/healthz`: one short answer for a supervisor or a load balancer, without anything a stranger could use."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stamkunde.kit.policy import open_to_anyone

LEAST_FREE_BYTES = 20_000_000


@open_to_anyone
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    troubles = list(found_troubles())
    return HttpResponse("; ".join(troubles) or "ok", content_type="text/plain", status=503 if troubles else 200)


def found_troubles() -> Iterator[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        yield "the database does not answer"
    home = Path(settings.HOME)
    if not os.access(home, os.W_OK):
        yield "the storage is read-only"
    elif shutil.disk_usage(home).free < LEAST_FREE_BYTES:
        yield "the storage is full"

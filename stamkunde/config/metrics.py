"""`/metrics`: the product's own figures for whoever watches the machine, in the format that Prometheus reads.

It answers only with the token of `STAMKUNDE_METRICS_TOKEN`, or, where none is set, to this machine itself; to everybody
else the address does not exist. No figure is about a person.
"""

import secrets
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from stamkunde.config.measuring import REQUESTS
from stamkunde.config.operations.backup import ENDING
from stamkunde.config.operations.production import is_loopback
from stamkunde.customers.models import Customer
from stamkunde.events.models import Delivery
from stamkunde.jobs.models import Job, JobState
from stamkunde.kit.clock import now
from stamkunde.kit.policy import open_to_anyone
from stamkunde.sales.models import Order, Return

Figure = tuple[str, str, float]


@open_to_anyone
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not may_ask(request):
        raise Http404
    lines = [f"# TYPE {name} gauge\n{name}{labels} {value:g}" for name, labels, value in figures()]
    return HttpResponse("\n".join([*REQUESTS.lines(), *lines, ""]), content_type="text/plain; version=0.0.4")


def may_ask(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    # What a proxy hands on comes from this machine too, and says so.
    is_handed_on = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto"))
    return not is_handed_on and is_loopback(request.META.get("REMOTE_ADDR", ""))


def figures() -> Iterator[Figure]:
    yield from trade()
    yield from later_work()
    yield from storage()


def trade() -> Iterator[Figure]:
    today = timezone.localdate()
    yield "stamkunde_customers", "", Customer.objects.count()
    yield "stamkunde_purchases_today", "", Order.objects.filter(business_day=today).count()
    yield "stamkunde_returns_today", "", Return.objects.filter(business_day=today).count()


def later_work() -> Iterator[Figure]:
    counted = {
        state: Job.objects.filter(state=state).aggregate(number=Count("pk"), oldest=Min("run_at"))
        for state in (JobState.WAITING, JobState.RUNNING, JobState.PAUSED, JobState.DEAD)
    }
    for state, found in counted.items():
        yield "stamkunde_jobs", f'{{state="{state.value}"}}', found["number"]
    yield "stamkunde_oldest_waiting_job_seconds", "", _age(counted[JobState.WAITING]["oldest"])
    for delivery_state in (Delivery.State.DUE, Delivery.State.DEAD):
        found = Delivery.objects.filter(state=delivery_state).aggregate(number=Count("pk"), oldest=Min("due_at"))
        yield "stamkunde_deliveries", f'{{state="{delivery_state.value}"}}', found["number"]
        if delivery_state == Delivery.State.DUE:
            yield "stamkunde_oldest_due_delivery_seconds", "", _age(found["oldest"])


def _age(since: datetime | None) -> float:
    return max(0.0, (now() - since).total_seconds()) if since else 0.0


def storage() -> Iterator[Figure]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        row = cursor.fetchone()
    yield "stamkunde_database_bytes", "", float(row[0])
    yield "stamkunde_storage_free_bytes", "", float(shutil.disk_usage(settings.HOME).free)
    backups = [file.stat().st_mtime for file in (Path(settings.HOME) / "backups").glob(f"*{ENDING}")]
    if backups:
        yield "stamkunde_newest_backup_age_seconds", "", time.time() - max(backups)

"""How many requests this process has answered, and how quickly: counted as they pass, asked for by `/metrics`."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse

# Seconds; a till's look-up should lie in the first few, a page in the middle, and nothing in the last.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Requests:
    """The counts of one process; several threads add to them at once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_status: Counter[str] = Counter()
        self.by_bound: Counter[float] = Counter()
        self.seconds = 0.0

    def add(self, status: int, seconds: float) -> None:
        bound = next((bound for bound in BOUNDS if seconds <= bound), None)
        with self.lock:
            self.by_status[f"{status // 100}xx"] += 1
            self.seconds += seconds
            if bound is not None:
                self.by_bound[bound] += 1

    def lines(self) -> Iterator[str]:
        """Yield the counts as Prometheus reads them; the buckets are cumulative, as it wants them."""
        with self.lock:
            statuses, bounds, seconds = dict(self.by_status), dict(self.by_bound), self.seconds
        yield "# TYPE stamkunde_requests_total counter"
        for status, count in sorted(statuses.items()):
            yield f'stamkunde_requests_total{{status="{status}"}} {count}'
        yield "# TYPE stamkunde_request_seconds histogram"
        within = 0
        for bound in BOUNDS:
            within += bounds.get(bound, 0)
            yield f'stamkunde_request_seconds_bucket{{le="{bound:g}"}} {within}'
        total = sum(statuses.values())
        yield f'stamkunde_request_seconds_bucket{{le="+Inf"}} {total}'
        yield f"stamkunde_request_seconds_sum {seconds:.3f}"
        yield f"stamkunde_request_seconds_count {total}"


REQUESTS = Requests()


def count_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        REQUESTS.add(response.status_code, time.perf_counter() - started)
        return response

    return respond

"""How many requests this server has answered, and how quickly: counted as they pass, asked for by `/metrics`."""

import time
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse

from stamkunde.kit.shared import Shared

# Seconds; a till's look-up should lie in the first few, a page in the middle, and nothing in the last.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Requests:
    """The counts of all web processes: by the first digit of the status, by bound, and the seconds in all."""

    def __init__(self) -> None:
        self._shared = Shared(10 + len(BOUNDS) + 1)

    def add(self, status: int, seconds: float) -> None:
        bound = next((place for place, bound in enumerate(BOUNDS) if seconds <= bound), None)
        with self._shared.alone() as numbers:
            numbers[status // 100] += 1
            numbers[-1] += seconds
            if bound is not None:
                numbers[10 + bound] += 1

    def lines(self) -> Iterator[str]:
        """Yield the counts as Prometheus reads them; the buckets are cumulative, as it wants them."""
        with self._shared.alone() as numbers:
            statuses, bounds, seconds = numbers[:10].tolist(), numbers[10:-1].tolist(), numbers[-1]
        yield "# TYPE stamkunde_requests_total counter"
        for digit, count in enumerate(statuses):
            if count:
                yield f'stamkunde_requests_total{{status="{digit}xx"}} {count:.0f}'
        yield "# TYPE stamkunde_request_seconds histogram"
        within = 0.0
        for bound, count in zip(BOUNDS, bounds, strict=True):
            within += count
            yield f'stamkunde_request_seconds_bucket{{le="{bound:g}"}} {within:.0f}'
        total = sum(statuses)
        yield f'stamkunde_request_seconds_bucket{{le="+Inf"}} {total:.0f}'
        yield f"stamkunde_request_seconds_sum {seconds:.3f}"
        yield f"stamkunde_request_seconds_count {total:.0f}"


REQUESTS = Requests()


def count_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        REQUESTS.add(response.status_code, time.perf_counter() - started)
        return response

    return respond

"""The way out for libraries that bring `requests` along, such as those for signing in with another house's account."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import requests  # noqa: TID251 - its sessions, not its connections: they all go through kit/net.py
from requests.adapters import BaseAdapter  # noqa: TID251
from requests.structures import CaseInsensitiveDict  # noqa: TID251
from requests.utils import get_encoding_from_headers  # noqa: TID251

from stamkunde.kit import net


class WayOut(BaseAdapter):
    """Carries a prepared request through `net.send`; proxies, client certificates and turned-off checks are ignored."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float | None, float | None] | None = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        body = request.body or b""
        if not isinstance(body, str | bytes):
            raise requests.RequestException("A request goes out in one piece, not as a stream.", request=request)
        try:
            answer = net.send(
                request.method or "GET",
                request.url or "",
                body=body.encode() if isinstance(body, str) else body,
                # A packed answer could unpack to any size.
                headers={**_plain(request.headers), "Accept-Encoding": "identity"},
            )
        except net.NotReached as error:
            raise requests.ConnectionError(error.sentence, request=request) from error
        response = requests.Response()
        response.status_code = answer.status
        response.reason = answer.reason
        response.headers = CaseInsensitiveDict(answer.headers)
        response.encoding = get_encoding_from_headers(response.headers)
        response.raw = BytesIO(answer.body)
        response.url = request.url or ""
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is kept open between two requests."""


class WayOutSession(requests.Session):
    """A `requests.Session` that reaches what `kit/net.py` lets it reach, and follows no redirect."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.adapters.clear()
        self.mount("https://", WayOut())
        self.mount("http://", WayOut())

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def _plain(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}

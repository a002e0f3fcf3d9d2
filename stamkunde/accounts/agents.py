"""What kind of device a request comes from, as people would call it; browsers say more, and less that is true."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

# In this order: each claims to be the ones after it.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
             ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("CrOS", "ChromeOS"), ("Mac OS X", "Mac"), ("Linux", "Linux"))  # fmt: skip


def agent_of(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[:300].replace("\0", "")


def said(agent: str) -> str:
    """Return a name such as “Firefox, Windows” for a browser's own long one."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part) or _("An unknown device")

"""A till for the tests: what a browser at the counter sends, without its script."""

import re
from html import unescape
from typing import Any

from django.test import Client

from stamkunde.accounts.models import Till, User
from stamkunde.counter.stage import new_key
from tests.world import signed_in

SCRIPT = {"HX-Request": "true"}


class AtTheTill:
    """Somebody at a till: presses buttons, and remembers who is being served as the page does."""

    def __init__(self, user: User, till: Till) -> None:
        self.client: Client = signed_in(user)
        self.client.post("/counter/till/", {"place": f"till:{till.pk}"})
        self.answer: Any = self.client.get("/counter/")
        self.page = unescape(self.answer.content.decode())

    def state(self) -> dict[str, str]:
        found = re.search(r'data-serving="([^"]*)" data-customer="([^"]*)" data-buying="([^"]*)"', self.page)
        assert found, "no stage on the page"
        return dict(zip(("serving", "customer", "buying"), found.groups(), strict=True))

    def press(self, act: str, *, at: str = "/counter/serving/", **typed: str) -> str:
        """Press a button once, as a new deed; `step` may be given to send the same deed again."""
        self.answer = self.client.post(at, {**self.state(), "step": new_key(), **typed, "act": act}, headers=SCRIPT)
        self.page = unescape(self.answer.content.decode())
        return self.page

    def type(self, text: str) -> str:
        """Type or scan something and press Enter."""
        return self.press("enter", typed=text)

    def found(self, text: str) -> str:
        """Return the list while a text is being typed, leaving the screen as it is."""
        answer = self.client.post("/counter/finds/", {**self.state(), "typed": text}, headers=SCRIPT)
        return unescape(answer.content.decode())

    def pay(self, method: str = "card", **typed: str) -> str:
        total = re.search(r'name="total" value="(\d+)"', self.page)
        return self.press(f"pay:{method}", **({"total": total.group(1) if total else "0"} | typed))

    def lines(self) -> list[str]:
        """Return the marks of the basket's lines."""
        return list(dict.fromkeys(re.findall(r'value="less:([0-9a-f]{8})"', self.page)))

"""How a module names its routes: method, address, the permission they need, and what they give.

The documentation is the function's own: its first line is the summary, the rest the description, its name the
operation. The door reads the permission; a route without one cannot be written.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from stamkunde.kit.policy import Permission

F = TypeVar("F", bound=Callable[..., Any])

# Any token that is valid will do.
ANY_TOKEN = Permission("token", "Any valid token.")


@dataclass(frozen=True)
class Route:
    """One method at one address."""

    method: str
    path: str
    permission: Permission
    function: Callable[..., Any]
    gives: Any
    status: int
    tag: str
    many: bool = False
    takes_file: bool = False
    gives_file: bool = False
    goes_outside: bool = False
    """It asks the network something, so no transaction is held meanwhile."""

    writes: bool = False
    also: tuple[int, ...] = ()
    """Statuses it may be refused with besides those of its kind."""

    @property
    def checks_version(self) -> bool:
        """Whether it changes only what was seen: then its function asks which version that was."""
        return "seen_version" in self.function.__code__.co_names

    @property
    def takes_body(self) -> bool:
        return self.method in {"POST", "PUT", "PATCH"} and not self.takes_file

    @property
    def operation(self) -> str:
        # A route named as the action it calls ends in a stroke, so that both can stand in one file.
        first, *rest = self.function.__name__.rstrip("_").split("_")
        return first + "".join(word.capitalize() for word in rest)

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.function) or "").split("\n")[0].rstrip(".")

    @property
    def description(self) -> str:
        paragraphs = (inspect.getdoc(self.function) or "").split("\n\n")[1:]
        return "\n\n".join(" ".join(paragraph.split("\n")) for paragraph in paragraphs)


@dataclass
class Routes:
    """The routes of one subject, in the order of the page that describes them."""

    tag: str
    about: str
    routes: list[Route] = field(default_factory=list)

    def get(self, path: str, permission: Permission, gives: Any, **more: Any) -> Callable[[F], F]:
        return self._route("GET", path, permission, gives, 200, **more)

    def post(self, path: str, permission: Permission, gives: Any, status: int = 201, **more: Any) -> Callable[[F], F]:
        """Name a route that makes something; one that only asks says ``writes=False`` and takes no key."""
        return self._route("POST", path, permission, gives, status, **{"writes": True, **more})

    def put(self, path: str, permission: Permission, gives: Any, **more: Any) -> Callable[[F], F]:
        return self._route("PUT", path, permission, gives, 200, writes=True, **more)

    def patch(self, path: str, permission: Permission, gives: Any) -> Callable[[F], F]:
        return self._route("PATCH", path, permission, gives, 200, writes=True)

    def remove(self, path: str, permission: Permission) -> Callable[[F], F]:
        """Name a route that removes something, by DELETE."""
        return self._route("DELETE", path, permission, None, 204, writes=True)

    def _route(
        self, method: str, path: str, permission: Permission, gives: Any, status: int, **more: Any
    ) -> Callable[[F], F]:
        def register(function: F) -> F:
            self.routes.append(Route(method, path, permission, function, gives, status, self.tag, **more))
            return function

        return register

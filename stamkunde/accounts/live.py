"""The rooms in which a member of staff hears news: her own, her teams', and what other modules add."""

from collections.abc import Callable, Iterable

from stamkunde.accounts.models import User

Rooms = Callable[[User], Iterable[str]]

_more: list[Rooms] = []


def add_rooms(rooms: Rooms) -> None:
    """Add rooms of a module; the function says for a member which of them are hers."""
    if rooms not in _more:
        _more.append(rooms)


def room_of(user_id: int) -> str:
    return f"staff:{user_id}"


def room_of_team(team_id: int) -> str:
    return f"team:{team_id}"


def rooms_of(user: User) -> frozenset[str]:
    teams = user.teams.order_by("pk").values_list("pk", flat=True)
    own = [room_of(user.pk), *map(room_of_team, teams)]
    return frozenset(own).union(*(rooms(user) for rooms in _more))

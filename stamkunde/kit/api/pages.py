"""Pages of lists: so many at a time, and the mark by which the next ones are asked for."""

from http import HTTPStatus
from typing import Any, Generic, TypeVar

from pydantic import Field

from stamkunde.kit.api.fields import Given
from stamkunde.kit.api.problems import Problem, said_as
from stamkunde.kit.paging import CursorError, Page

T = TypeVar("T")

LIMIT = 50


class Listed(Given, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description="What stands on this page.")
    next: str = Field(description="The mark of the next page; empty on the last one.", examples=[""])
    previous: str = Field(description="The mark of the page before; empty on the first one.", examples=[""])


def marks_of(page: Page[Any]) -> dict[str, str]:
    """Return the marks of a page's neighbours, by the names a machine knows them by."""
    return {"next": page.older, "previous": page.newer}


@said_as(CursorError)
def _unknown_mark(error: CursorError) -> Problem:
    detail = "The mark is not one of this list. Begin at the first page again."
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, errors=[("mark", detail)])

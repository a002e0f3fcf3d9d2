"""What a token may do, as it is told itself; which tokens there are, and ending one."""

from datetime import datetime
from typing import cast

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.roles import ALLOWED, Role
from stamkunde.exchange.access import token_for, visible_tokens
from stamkunde.exchange.actions.tokens import end_token
from stamkunde.exchange.models import Bearer
from stamkunde.kit.api.fields import Given, Limit, Mark, PathId, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.routes import ANY_TOKEN, Routes
from stamkunde.kit.paging import Order, page

routes = Routes("Tokens", "What a token is and may do, which there are, and ending one.")


class Me(Given):
    """A token, and for whom it acts."""

    token: str = Field(description="What it is for.", examples=["Web shop"])
    prefix: str = Field(description="How it begins.", examples=["sk_AbC1dE"])
    scopes: list[str] = Field(examples=[["customers:read", "sales:write"]])
    permissions: list[str] = Field(
        description="What its scopes and its owner's role both allow.", examples=[["customers.see", "sales.register"]]
    )
    expires_at: datetime | None
    owner_id: int
    owner: str = Field(examples=["Anna"])
    role: Role
    store_id: int | None = Field(description="The store it works at.")


class TokenGiven(Given):
    """A token; what opens the door is told to nobody but who made it."""

    id: int
    name: str = Field(description="What it is for.", examples=["Web shop"])
    prefix: str = Field(description="How it begins.", examples=["sk_AbC1dE"])
    owner_id: int
    scopes: list[str] = Field(examples=[["customers:read", "sales:write"]])
    store_id: int | None
    made_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")


@routes.get("/me", ANY_TOKEN, Me)
def get_me(request: HttpRequest) -> Me:
    """Read what this token is and may do."""
    user = cast(Bearer, bearer(request))
    return Me(
        token=user.token.name,
        prefix=user.token.prefix,
        scopes=user.token.scopes,
        permissions=sorted(name for name in ALLOWED[Role(user.role)] if user.may(name)),
        expires_at=user.token.expires_at,
        owner_id=user.pk,
        owner=user.name,
        role=Role(user.role),
        store_id=user.store_id,
    )


@routes.get("/tokens", ANY_TOKEN, Listed[TokenGiven])
def list_tokens(request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)) -> Listed[TokenGiven]:
    """List the tokens of this one's owner, the newest first; with `exchange.manage_tokens`, everybody's.

    A token cannot make another one: that a person does, in the settings.
    """
    rows = page(visible_tokens(bearer(request)), Order("pk"), mark=mark, size=limit)
    return Listed[TokenGiven](items=[TokenGiven.model_validate(token) for token in rows.rows], **marks_of(rows))


@routes.remove("/tokens/{token_id}", ANY_TOKEN)
def end_token_(request: HttpRequest, token_id: PathId) -> None:
    """End a token at once: the very next request with it is refused. It may be the one this is asked with."""
    user = bearer(request)
    end_token(token_for(user, token_id), by=user.actor)

"""What a token may do, as it is told itself."""

from datetime import datetime
from typing import cast

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.roles import ALLOWED, Role
from stamkunde.exchange.models import Bearer
from stamkunde.kit.api.fields import Given
from stamkunde.kit.api.routes import ANY_TOKEN, Routes

routes = Routes("Token", "What a token is and may do.")


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

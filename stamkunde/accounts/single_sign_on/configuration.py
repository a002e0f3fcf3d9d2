"""What the machine's settings say about the company's sign-in."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from stamkunde.accounts.roles import Role


@dataclass(frozen=True)
class Provider:
    """Where the company signs in, who we are there, and what its word is worth here."""

    name: str
    issuer: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    role_claim: str
    roles: dict[str, Role]
    new_role: Role | None
    new_domains: frozenset[str]
    trusted_methods: frozenset[str]

    @property
    def return_url(self) -> str:
        # From the settings and never from the request: the address that codes are sent to is not the visitor's to say.
        return settings.BASE_URL + reverse("accounts:single_sign_on_return")


def the_provider() -> Provider | None:
    """Return the company's sign-in; None when the settings name none."""
    if not settings.OIDC_ISSUER or not settings.OIDC_CLIENT_ID:
        return None
    return Provider(
        name=settings.OIDC_NAME,
        issuer=settings.OIDC_ISSUER,
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET,
        scopes=tuple(settings.OIDC_SCOPES),
        role_claim=settings.OIDC_ROLE_CLAIM,
        roles=_roles(settings.OIDC_ROLES),
        new_role=Role(settings.OIDC_NEW_ROLE) if settings.OIDC_NEW_ROLE else None,
        new_domains=frozenset(domain.lower() for domain in settings.OIDC_NEW_DOMAINS),
        trusted_methods=frozenset(settings.OIDC_TRUSTED_METHODS),
    )


def provider_name() -> str:
    """Return what the company's sign-in is called; empty when there is none."""
    provider = the_provider()
    return provider.name if provider else ""


def _roles(written: list[str]) -> dict[str, Role]:
    """Read pairs such as ``shop-managers=lead``."""
    pairs = (pair.rpartition("=") for pair in written)
    return {theirs.strip(): Role(ours.strip()) for theirs, _equals, ours in pairs if theirs}

"""Staff: who they are, what their role allows, and where in the shop they work."""

import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models.shop import Department, Language, Store, Team
from stamkunde.accounts.roles import ALLOWED, AT_TILL, Role
from stamkunde.kit.actor import Actor, ActorKind

if TYPE_CHECKING:
    from stamkunde.accounts.models.device import TillDevice


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a member of staff by e-mail, however it is capitalised."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A member of staff. Customers are another table and another sign-in: no slip of rights makes one the other."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.TILL)
    store = models.ForeignKey(
        Store, on_delete=models.SET_NULL, null=True, blank=True, related_name="staff", verbose_name=_("store")
    )
    stores = models.ManyToManyField(Store, blank=True, related_name="also_staff", verbose_name=_("also works in"))
    is_bound = models.BooleanField(
        _("only in these stores"),
        default=False,
        help_text=_("Registers, takes back, lists and exports there only. Customers belong to the whole shop."),
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("department"),
    )
    teams = models.ManyToManyField(Team, blank=True, related_name="members", verbose_name=_("teams"))
    is_active = models.BooleanField(_("may sign in"), default=True)
    language = models.CharField(_("language"), max_length=5, choices=Language, blank=True)
    theme = models.CharField(
        _("appearance"),
        max_length=5,
        blank=True,
        choices=[
            ("", pgettext_lazy("appearance", "As the device")),
            ("light", pgettext_lazy("appearance", "Light")),
            ("dark", pgettext_lazy("appearance", "Dark")),
        ],
    )
    density = models.CharField(
        _("rows"),
        max_length=10,
        blank=True,
        choices=[("", pgettext_lazy("rows", "Roomy")), ("compact", pgettext_lazy("rows", "Compact"))],
    )
    text_size = models.CharField(
        _("text size"),
        max_length=10,
        blank=True,
        choices=[("", pgettext_lazy("text size", "Ordinary")), ("large", pgettext_lazy("text size", "Large"))],
    )
    single_keys = models.BooleanField(_("single-letter keys"), default=True)
    # Pairs of signs such as "cq mx": what C does is done by Q, and C does nothing.
    own_keys = models.CharField(max_length=60, blank=True)
    must_change_password = models.BooleanField(default=False)
    # Kept with the person so that no page need look into three tables; the actions of the second factor write it.
    has_second_factor = models.BooleanField(default=False)
    pin = models.CharField(max_length=128, blank=True)
    pin_set_at = models.DateTimeField(null=True)
    # Part of what a session is signed with: a new number ends every session there is.
    sessions_ended = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects = UserManager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="accounts_email_in_lower_case")
        ]

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sign sessions with the password, as Django does, and with how often they have all been ended."""
        return salted_hmac(
            "stamkunde.accounts.session", f"{self.password} {self.sessions_ended}", secret=secret, algorithm="sha256"
        ).hexdigest()

    # The registered device of a session that began with a PIN; the middleware sets it.
    at_till: "TillDevice | None" = None

    @property
    def is_at_till(self) -> bool:
        return self.at_till is not None

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.STAFF, self.pk, self.name, self.own_store_ids)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(_composed(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(_composed(raw_password))

    def check_pin(self, pin: str) -> bool:
        """Say whether this is the PIN; someone without one takes as long to be refused."""
        return check_password(pin, self.pin) and bool(self.pin)

    def may(self, permission: str) -> bool:
        """Say whether the person's role holds a permission, such as ``customers.see``.

        Signed in by PIN at a till she may do less: what is done at a till, and nothing else.
        """
        if not self.is_active or permission not in ALLOWED.get(Role(self.role), frozenset()):
            return False
        return self.at_till is None or permission in AT_TILL

    @cached_property
    def own_store_ids(self) -> frozenset[int] | None:
        """The stores she is bound to; None when she works in the whole shop."""
        if self.at_till is not None:
            return frozenset({self.at_till.till.store_id})
        if not self.is_bound:
            return None
        own = {self.store_id} if self.store_id is not None else set()
        return frozenset(own | set(self.stores.values_list("pk", flat=True)))

    def works_in(self, store_id: int | None) -> bool:
        return self.own_store_ids is None or store_id in self.own_store_ids


def _composed(password: Any) -> Any:
    """Return a password as one keyboard would send it: ü may come as one sign or as two, and is the same to people."""
    return unicodedata.normalize("NFC", password) if isinstance(password, str) else password

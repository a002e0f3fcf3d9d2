"""That a customer belongs to a programme."""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.customers.models import Customer
from stamkunde.loyalty.models.programme import Programme

# Without what is mistaken for something else when it is read aloud or copied by hand.
FRIEND_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
FRIEND_CODE = 10


def friend_code() -> str:
    """Draw what a member tells a friend to come with: fifty bits of chance in ten letters."""
    return "".join(secrets.choice(FRIEND_LETTERS) for _place in range(FRIEND_CODE))


class MembershipState(models.TextChoices):
    """A pending one has not been confirmed yet: it earns and has its benefits, and no advertising goes to it."""

    PENDING = "pending", pgettext_lazy("membership", "Not confirmed yet")
    ACTIVE = "active", pgettext_lazy("membership", "Active")
    SUSPENDED = "suspended", pgettext_lazy("membership", "Suspended")
    CLOSED = "closed", pgettext_lazy("membership", "Closed")


class MembershipSource(models.TextChoices):
    TILL = "till", pgettext_lazy("joined at", "Till")
    DESK = "desk", pgettext_lazy("joined at", "Desk")
    PORTAL = "portal", pgettext_lazy("joined at", "Customer's own pages")
    API = "api", pgettext_lazy("joined at", "Another program")
    IMPORT = "import", pgettext_lazy("joined at", "Import")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def own(self) -> "MembershipQuerySet":
        """Return those that stand for themselves: somebody's, and not merged into another one."""
        return self.filter(customer__isnull=False, joined_to__isnull=True)

    def living(self) -> "MembershipQuerySet":
        """Return those that have not been closed."""
        return self.own().exclude(state=MembershipState.CLOSED)


class Membership(models.Model):
    """Joining is a contract about terms; whether advertising may be sent is another matter and stands in consents.

    `number` is what is printed and said; it tells nothing of the customer's own number. Without a customer the person
    has been erased, and what was earned and used stays for the books.

    `unconfirmed` is a telephone number that was typed at a till when somebody joined and that nobody has confirmed yet.
    One that is `joined_to` another belonged to a profile that was merged into hers: it lives on in that one, and its
    cards work for her. `friend_code` is what she gives to friends whom she brings.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("programme")
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="memberships")
    number = models.CharField(_("membership number"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=9, choices=MembershipState, default=MembershipState.ACTIVE)
    joined_at = models.DateTimeField(_("member since"))
    closed_at = models.DateTimeField(_("member until"), null=True)
    terms_version = models.CharField(_("version of the terms"), max_length=40, blank=True)
    source = models.CharField(_("joined at"), max_length=6, choices=MembershipSource, default=MembershipSource.DESK)
    unconfirmed = models.CharField(_("telephone to be confirmed"), max_length=254, blank=True)
    joined_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="joined")
    friend_code = models.CharField(_("code for friends"), max_length=20, unique=True, default=friend_code)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "customer"],
                condition=~Q(state="closed") & Q(customer__isnull=False, joined_to__isnull=True),
                name="loyalty_one_membership_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="loyalty_closed_has_its_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-joined_at", "-id"], name="loyalty_newest_members")]

    def __str__(self) -> str:
        return self.number

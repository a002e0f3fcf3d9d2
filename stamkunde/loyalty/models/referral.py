"""That a member brought somebody, and the rules by which a programme thanks for it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.loyalty.models.membership import Membership
from stamkunde.loyalty.models.programme import Programme


class ReferralRules(models.Model):
    """How a programme thanks for friends; what was promised to somebody who has joined is kept with the referral.

    The friend's first purchase of at least `minimum` (minor units of the programme's currency), within `within_days` of
    joining, brings both their points. Whoever has brought `most_a_month` friends in a month of the programme gets none
    for more; nought means no limit. Where the reward `waits`, it is on hold as long as the programme holds points.
    """

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="referral_rules")
    is_on = models.BooleanField(_("members bring friends"), default=False)
    for_referrer = models.PositiveIntegerField(_("points for whoever brings"), default=0)
    for_referee = models.PositiveIntegerField(_("points for whoever comes"), default=0)
    minimum = models.PositiveBigIntegerField(_("smallest purchase"), default=0)
    within_days = models.PositiveSmallIntegerField(_("days after joining"), default=90)
    most_a_month = models.PositiveSmallIntegerField(_("most a month"), default=5)
    waits = models.BooleanField(_("waits until nothing can be returned"), default=True)

    def __str__(self) -> str:
        return f"{self.for_referrer}/{self.for_referee}"


class ReferralState(models.TextChoices):
    INVITED = "invited", pgettext_lazy("referral", "Invited")
    JOINED = "joined", pgettext_lazy("referral", "Joined")
    QUALIFIED = "qualified", pgettext_lazy("referral", "Has bought, reward on hold")
    REWARDED = "rewarded", pgettext_lazy("referral", "Rewarded")
    REJECTED = "rejected", pgettext_lazy("referral", "Rejected")
    REVERSED = "reversed", pgettext_lazy("referral", "Taken back")


class ReferralReason(models.TextChoices):
    """Why a referral brings nothing, or not to both; `stamkunde/loyalty/referral_words.py` says what each means."""

    SELF = "SELF", "SELF"
    SHARED_EMAIL = "SHARED_EMAIL", "SHARED_EMAIL"
    SHARED_PHONE = "SHARED_PHONE", "SHARED_PHONE"
    SHARED_CARD = "SHARED_CARD", "SHARED_CARD"
    SHARED_PAYMENT = "SHARED_PAYMENT", "SHARED_PAYMENT"
    SAME_HOUSEHOLD = "SAME_HOUSEHOLD", "SAME_HOUSEHOLD"
    ALREADY_MEMBER = "ALREADY_MEMBER", "ALREADY_MEMBER"
    ALREADY_BROUGHT = "ALREADY_BROUGHT", "ALREADY_BROUGHT"
    MONTHLY_CAP = "MONTHLY_CAP", "MONTHLY_CAP"
    NOT_HOLDING = "NOT_HOLDING", "NOT_HOLDING"
    RETURNED = "RETURNED", "RETURNED"
    NOT_THEIRS = "NOT_THEIRS", "NOT_THEIRS"
    MERGED = "MERGED", "MERGED"


# The ones in which somebody has been brought, so that nobody else can bring them any more.
BROUGHT = (ReferralState.JOINED, ReferralState.QUALIFIED, ReferralState.REWARDED, ReferralState.REVERSED)


class Referral(models.Model):
    """That a member brought somebody, or gave them a code to come with.

    `code` is an invitation's own; a friend may as well come with the member's own code or card. What was promised is
    kept as it was when the friend joined: points for both, the smallest purchase, the last instant. `sale` is the
    number of the purchase that brought the reward; `paid_referrer` and `paid_referee` are the points it brought.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="referrals", db_index=False)
    code = models.CharField(_("code"), max_length=20, null=True, unique=True)  # noqa: DJ001
    referrer = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="referrals", db_index=False)
    referee = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="referred_by")
    state = models.CharField(_("state"), max_length=9, choices=ReferralState)
    reasons = models.JSONField(_("reasons"), default=list)
    made_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    for_referrer = models.PositiveIntegerField(default=0)
    for_referee = models.PositiveIntegerField(default=0)
    minimum = models.PositiveBigIntegerField(default=0)
    waits = models.BooleanField(default=True)
    sale = models.BigIntegerField(null=True)
    usable_at = models.DateTimeField(null=True)
    paid_referrer = models.PositiveIntegerField(default=0)
    paid_referee = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["referee"], condition=Q(state__in=BROUGHT), name="loyalty_brought_by_one_alone"
            ),
            models.CheckConstraint(
                condition=Q(state="invited", referee=None, code__isnull=False)
                | (~Q(state="invited") & Q(joined_at__isnull=False)),
                name="loyalty_referral_says_who_came",
            ),
            models.CheckConstraint(
                condition=Q(referee=None) | ~Q(referee=F("referrer")) | Q(state="rejected"),
                name="loyalty_nobody_brings_herself",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-made_at", "-id"], name="loyalty_newest_referrals"),
            models.Index(fields=["referrer", "-made_at"], name="loyalty_referrals_of_member"),
            models.Index(fields=["sale"], name="loyalty_referral_of_sale", condition=Q(sale__isnull=False)),
            models.Index(fields=["usable_at"], name="loyalty_referrals_on_hold", condition=Q(state="qualified")),
        ]

    def __str__(self) -> str:
        return f"{self.referrer_id} {self.state}"

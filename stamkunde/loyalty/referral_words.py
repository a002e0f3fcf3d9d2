"""What becomes of referrals, in words: each reason for which one brings nothing, and its code as people read it."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from stamkunde.loyalty.models import ReferralReason

_REASONS = {
    ReferralReason.SELF: _("Nobody can bring themselves."),
    ReferralReason.SHARED_EMAIL: _("Both have the same e-mail address, dots and what follows a plus left out."),
    ReferralReason.SHARED_PHONE: _("Both have the same telephone number."),
    ReferralReason.SHARED_CARD: _("Both have carried the same card."),
    ReferralReason.SHARED_PAYMENT: _("Both have paid with the same card or payment."),
    ReferralReason.SAME_HOUSEHOLD: _("Both belong to the same household."),
    ReferralReason.ALREADY_MEMBER: _("Whoever came was a member already."),
    ReferralReason.ALREADY_BROUGHT: _("Whoever came had been brought by somebody before."),
    ReferralReason.MONTHLY_CAP: _("Whoever brought the friend had brought as many this month as are thanked for."),
    ReferralReason.NOT_HOLDING: _("The membership of whoever brought the friend does not hold any more."),
    ReferralReason.RETURNED: _("The purchase came back, and what was kept is too little."),
    ReferralReason.NOT_THEIRS: _("The purchase proved to be somebody else's."),
    ReferralReason.MERGED: _("Both proved to be the same person."),
}


def reasons_said(reasons: Iterable[str]) -> list[str]:
    """Return the reasons as sentences; one that a later version wrote is named as it stands."""
    return [str(_REASONS[ReferralReason(one)]) if one in ReferralReason.values else one for one in reasons]


def grouped(code: str) -> str:
    """Return a code as people read it aloud: in two halves."""
    middle = len(code) // 2
    return f"{code[:middle]}-{code[middle:]}" if code else ""

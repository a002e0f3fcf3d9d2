"""The rules of a programme as sentences in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.kit import shown
from stamkunde.loyalty.models import ExpiryKind, Programme, ProgrammeState


def rules_said(programme: Programme) -> list[str]:
    """Return what a member has from the programme, one sentence for each rule."""
    said = [_earning(programme), _holding(programme), _using(programme), _expiring(programme)]
    if programme.state == ProgrammeState.CLOSING and programme.ends_on is not None:
        said.append(
            _("Benefits last until %(day)s, and points can be used until %(until)s.")
            % {"day": shown.day(programme.ends_on), "until": shown.day(programme.redeem_until or programme.ends_on)}
        )
    return [sentence for sentence in said if sentence]


def _earning(programme: Programme) -> str:
    if not programme.earn_points:
        return _("Purchases earn no points.")
    return ngettext(
        "%(points)s point for each %(amount)s of a receipt, rounded down.",
        "%(points)s points for each %(amount)s of a receipt, rounded down.",
        programme.earn_points,
    ) % {
        "points": shown.number(programme.earn_points),
        "amount": shown.amount(programme.earn_per, programme.currency),
    }


def _holding(programme: Programme) -> str:
    if not programme.earn_points:
        return ""
    if not programme.hold_days:
        return _("Points can be used at once.")
    return ngettext(
        "Points can be used after %(days)s day, when nothing can be returned any more.",
        "Points can be used after %(days)s days, when nothing can be returned any more.",
        programme.hold_days,
    ) % {"days": programme.hold_days}


def _using(programme: Programme) -> str:
    if not programme.point_worth:
        return _("Points are not used to pay less.")
    return _("Each point takes %(amount)s off a purchase.") % {
        "amount": shown.amount(programme.point_worth, programme.currency)
    }


def _expiring(programme: Programme) -> str:
    number = programme.expiry_after
    said = {
        ExpiryKind.MONTHS: ngettext(
            "Points expire %(number)s month after the purchase.",
            "Points expire %(number)s months after the purchase.",
            number,
        ),
        ExpiryKind.MONTH_END: ngettext(
            "Points expire with the end of the month, %(number)s month after the purchase.",
            "Points expire with the end of the month, %(number)s months after the purchase.",
            number,
        ),
        ExpiryKind.YEAR_END: ngettext(
            "Points expire with the end of the year, %(number)s year after the purchase.",
            "Points expire with the end of the year, %(number)s years after the purchase.",
            number,
        ),
        ExpiryKind.INACTIVITY: ngettext(
            "Points expire when nothing was bought for %(number)s month.",
            "Points expire when nothing was bought for %(number)s months.",
            number,
        ),
        ExpiryKind.NEVER: _("Points never expire."),
    }[ExpiryKind(programme.expiry)]
    return said % {"number": number} if programme.earn_points else ""

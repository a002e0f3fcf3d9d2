"""Why a code cannot be used, as a refusal: staff are told when and where it was, the public nothing of it."""

from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.pricing.evaluator import Reason, Step
from stamkunde.pricing.evaluator.quote import Outcome
from stamkunde.pricing.explaining import sentence
from stamkunde.pricing.queries.codes import ShownCode, Taken, taken_by
from stamkunde.pricing.refusals import CodeRefused, CodeTaken, CodeUnknown, TooManyCodes


def refusal_of(
    text: str, found: ShownCode | None, *, basket: str = "", asker: str = "", is_too_often: bool = False
) -> CodeRefused:
    """Return why a code brings nothing, whatever is in the basket."""
    reason = Reason(found.code.refused or Reason.EXPIRED) if found is not None else Reason.EXPIRED
    reason = Reason.RATE_LIMITED if is_too_often else reason
    plain = sentence(rejected(found.text if found else text[:40], reason), "")
    if reason is Reason.RATE_LIMITED:
        return TooManyCodes(plain, reason)
    if found is None or found.is_unknown:
        return CodeUnknown(plain, reason, asker)
    if reason is Reason.USED_UP and found.voucher is not None:
        return taken(found.text, taken_by(found.voucher, basket=basket))
    return CodeRefused(plain, reason)


def taken(name: str, by: Taken | None) -> CodeTaken:
    return CodeTaken(where_taken(name, by), Reason.USED_UP)


def where_taken(name: str, by: Taken | None) -> str:
    """Say when and where a code was used, or until when which place holds it."""
    if by is None or not by.place:
        return sentence(rejected(name, Reason.USED_UP), "")
    if by.until is not None:
        return _("A basket at %(place)s holds the code %(code)s until %(until)s.") % {
            "place": by.place,
            "code": name,
            "until": shown.instant(by.until, by.zone),
        }
    return _("The code %(code)s was used at %(place)s on %(at)s.") % {
        "place": by.place,
        "code": name,
        "at": shown.instant(by.at, by.zone),
    }


def rejected(name: str, reason: Reason) -> Step:
    return Step(0, "order", Outcome.REJECTED, f"code:{name}", name, reason=reason)

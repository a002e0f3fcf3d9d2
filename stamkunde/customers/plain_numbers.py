"""Numbers written plainly, of the kinds that most people have: read in a twentieth of the time the library takes.

It goes by the library's own patterns, takes only what it is sure of, and leaves all else to the library; a test holds
the two side by side over numbers of every country.
"""

import re
from dataclasses import dataclass
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

_WRITTEN = re.compile(r"\+?[0-9](?:[ -]?[0-9]){6,16}")
_WITHOUT_MARKS = str.maketrans("", "", " -")
_ABROAD = "00"
# In the order in which the library asks what a number is; those after them it would not come to.
_OTHER_KINDS = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")


@dataclass(frozen=True)
class _Plan:
    """How people of a country are dialled: its code, what stands before a number within it, and what from it abroad."""

    code: str
    within: str
    abroad: str
    of_people: re.Pattern[str]
    general: re.Pattern[str]


def plain_number(raw: str, region: str) -> str:
    """Return a mobile or fixed number in E.164; an empty text where only the library can tell what it is."""
    if not _WRITTEN.fullmatch(raw):
        return ""
    digits = raw.translate(_WITHOUT_MARKS)
    if digits[0] == "+":
        return _with_code(digits[1:])
    here = _plan(region)
    if here is None or here.abroad != _ABROAD:
        return ""
    if here.of_people.fullmatch(digits):
        return f"+{here.code}{digits}"
    if digits.startswith(_ABROAD):
        return _with_code(digits[2:])
    if here.within and digits.startswith(here.within) and not here.general.fullmatch(digits):
        own = digits[len(here.within) :]
        return f"+{here.code}{own}" if here.of_people.fullmatch(own) else ""
    return ""


def _with_code(digits: str) -> str:
    if digits.startswith("0"):
        return ""
    for length in (1, 2, 3):
        regions = COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length]))
        if regions is not None:
            plan = _plan(regions[0])
            return f"+{digits}" if plan is not None and plan.of_people.fullmatch(digits[length:]) else ""
    return ""


@cache
def _plan(region: str) -> _Plan | None:
    """Return the plan of a country where a number is what its pattern says, with no rules beyond that."""
    about = PhoneMetadata.metadata_for_region(region, None) if region else None
    if about is None or about.national_prefix_transform_rule or about.national_prefix_for_parsing not in (None, "0"):
        return None
    if about.country_code is None or COUNTRY_CODE_TO_REGION_CODE[about.country_code][0] != region:
        # Of countries that share a code, the library asks the first one first.
        return None
    wanted = _either(about, ("mobile", "fixed_line"))
    if not wanted:
        return None
    general = _either(about, ("general_desc",))
    others = _either(about, _OTHER_KINDS)
    # No number here begins with 0, so that none can be mistaken for one with a prefix.
    guards = f"(?!0)(?={about.leading_digits or ''})(?=(?:{general})\\Z)" + (f"(?!(?:{others})\\Z)" if others else "")
    return _Plan(
        code=str(about.country_code),
        within=about.national_prefix_for_parsing or "",
        abroad=about.international_prefix or "",
        of_people=re.compile(f"{guards}(?:{wanted})"),
        general=re.compile(general),
    )


def _either(about: PhoneMetadata, kinds: tuple[str, ...]) -> str:
    described = (getattr(about, kind) for kind in kinds)
    patterns = (one.national_number_pattern for one in described if one is not None)
    return "|".join(f"(?:{pattern})" for pattern in patterns if pattern)

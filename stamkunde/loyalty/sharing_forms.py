"""The forms about friends whom members bring, and about households that share points."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stamkunde.kit.number_fields import AmountField
from stamkunde.loyalty.actions.programmes import MOST_POINTS
from stamkunde.loyalty.actions.sharing import (
    FEWEST_IN_A_HOUSEHOLD,
    LONGEST_TIME,
    MOST_A_MONTH,
    MOST_IN_A_HOUSEHOLD,
    ReferralValues,
)
from stamkunde.loyalty.models import HouseholdRules, Programme, ReferralRules, ReferralState
from stamkunde.loyalty.refusals import LoyaltyRefused

_NAMES = ("is_on", "for_referrer", "for_referee", "minimum", "within_days", "most_a_month", "waits")
_VERSION: dict[str, Any] = {"widget": forms.HiddenInput, "required": False, "min_value": 0, "max_value": 2_000_000_000}


class ReferralRulesForm(forms.Form):
    """How a programme thanks for friends."""

    is_on = forms.BooleanField(label=_("Members bring friends"), required=False)
    for_referrer = forms.IntegerField(label=_("Points for whoever brings"), min_value=0, max_value=MOST_POINTS)
    for_referee = forms.IntegerField(label=_("Points for whoever comes"), min_value=0, max_value=MOST_POINTS)
    minimum = AmountField(
        label=_("Smallest purchase"), required=False, help_text=_("The friend's first one that is as large brings it.")
    )
    within_days = forms.IntegerField(label=_("Days after joining"), min_value=1, max_value=LONGEST_TIME)
    most_a_month = forms.IntegerField(
        label=_("Friends a month, at most"), min_value=0, max_value=MOST_A_MONTH, help_text=_("0 means no limit.")
    )
    waits = forms.BooleanField(
        label=_("The points wait until nothing can be returned any more"),
        required=False,
    )
    version = forms.IntegerField(**_VERSION)

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        if not args:
            known = ReferralRules.objects.filter(programme=programme).first() or ReferralRules()
            kwargs["initial"] = {name: getattr(known, name) for name in _NAMES} | {"version": programme.version}
        super().__init__(*args, **kwargs | {"prefix": "friends"})
        self.fields["minimum"].currency = programme.currency  # type: ignore[attr-defined]

    @property
    def values(self) -> ReferralValues:
        said = {name: self.cleaned_data[name] for name in _NAMES}
        return ReferralValues(**said | {"minimum": said["minimum"] or 0})

    def refuse(self, refusal: LoyaltyRefused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)


class HouseholdRulesForm(forms.Form):
    """Whether households share their points."""

    is_on = forms.BooleanField(label=_("Points are shared by a household"), required=False)
    most_members = forms.IntegerField(
        label=_("Members of a household, at most"), min_value=FEWEST_IN_A_HOUSEHOLD, max_value=MOST_IN_A_HOUSEHOLD
    )
    version = forms.IntegerField(**_VERSION)

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        if not args:
            known = HouseholdRules.objects.filter(programme=programme).first() or HouseholdRules()
            kwargs["initial"] = {
                "is_on": known.is_on, "most_members": known.most_members, "version": programme.version
            }  # fmt: skip
        super().__init__(*args, **kwargs | {"prefix": "household"})

    def refuse(self, refusal: LoyaltyRefused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)


class HouseholdMemberForm(forms.Form):
    """Who is to share points, and how she said yes."""

    member = forms.CharField(label=_("Card or membership number"), max_length=60)
    agreement = forms.CharField(
        label=_("How the new member said yes"),
        max_length=200,
        required=False,
        help_text=_("Not needed where their profiles say that they live together."),
    )

    def refuse(self, refusal: LoyaltyRefused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)


class NarrowReferralsForm(forms.Form):
    """Which referrals to list."""

    programme = forms.TypedChoiceField(label=_("Programme"), coerce=int, required=False, empty_value=None)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All states")), *ReferralState.choices], required=False)

    def __init__(self, *args: Any, programmes: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [("", _("All programmes")), *programmes]  # type: ignore[attr-defined]

"""The forms about programmes, members, cards and points."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.forms import currencies
from stamkunde.kit.number_fields import AmountField
from stamkunde.loyalty.actions.points.correcting import LONGEST_REASON, MOST_POINTS
from stamkunde.loyalty.models import (
    CardMedium,
    ExpiryKind,
    MembershipState,
    Programme,
    Symbology,
    Tier,
    TierMetric,
    TierPeriod,
)
from stamkunde.loyalty.refusals import LoyaltyRefused
from stamkunde.loyalty.values import LevelValues, ProgrammeValues

_PLAIN = (
    "name", "currency", "zone", "earn_points", "earn_per", "hold_days", "point_worth", "expiry", "expiry_after",
    "terms_version",
)  # fmt: skip
# What is given out at the desk: passes for the wallets of telephones are signed by others.
AT_HAND = (CardMedium.PLASTIC, CardMedium.PAPER, CardMedium.APP)


class _RefusableForm(forms.Form):
    def refuse(self, refusal: LoyaltyRefused) -> None:
        """Show why the action refused, beside the field it is about."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)


def _day(label: Any, *, required: bool = False, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, **options)


class ProgrammeForm(_RefusableForm):
    """The rules of a programme."""

    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"), max_length=120, help_text=_("It stands on the cards.")
    )
    currency = forms.ChoiceField(label=_("Currency"))
    zone = forms.CharField(
        label=_("Time zone"), max_length=64, help_text=_("Its days begin and end by the clock of this place.")
    )
    earn_points = forms.IntegerField(label=_("Points earned"), min_value=0, max_value=1_000_000, initial=1)
    earn_per = AmountField(label=_("For each"), smallest=1)
    hold_days = forms.IntegerField(
        label=_("Days points are held"),
        min_value=0,
        max_value=366,
        initial=30,
        help_text=_("As long as things can be returned."),
    )
    point_worth = AmountField(label=_("What a point takes off"), required=False, help_text=_("Nothing: not used so."))
    expiry = forms.ChoiceField(label=_("Points expire"), choices=ExpiryKind.choices, initial=ExpiryKind.YEAR_END)
    expiry_after = forms.IntegerField(label=_("So many months or years"), min_value=1, max_value=1_200, initial=1)
    terms_version = forms.CharField(
        label=_("Version of the terms"),
        max_length=40,
        required=False,
        help_text=_("It is kept with everybody who joins."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2_000_000_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = currencies()
        chosen = str(self.data.get("currency", "") if self.is_bound else self.initial.get("currency", ""))
        own = chosen if chosen in offered else offered[0]
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = own
        self.fields["currency"].choices = [(code, code) for code in offered]  # type: ignore[attr-defined]
        self.fields["zone"].initial = the_shop().zone

    @classmethod
    def of(cls, programme: Programme) -> "ProgrammeForm":
        initial = {name: getattr(programme, name) for name in _PLAIN}
        return cls(initial=initial | {"version": programme.version})

    @property
    def values(self) -> ProgrammeValues:
        said = self.cleaned_data
        return ProgrammeValues(**{name: said[name] for name in _PLAIN} | {"point_worth": said["point_worth"] or 0})


class EndingForm(_RefusableForm):
    """When a programme ends. A day has to be said, until which it can be opened again: nothing ends by one press."""

    ends_on = _day(
        _("Last day of its benefits"),
        required=True,
        error_messages={"required": _("Write on which day the benefits end; it may be today.")},
    )
    redeem_until = _day(_("Last day of using points"))

    @property
    def days(self) -> tuple[date | None, date | None]:
        return self.cleaned_data.get("ends_on"), self.cleaned_data.get("redeem_until")


class NarrowingForm(forms.Form):
    """Whom of the members to list."""

    q = forms.CharField(label=_("Name, number or card"), max_length=100, required=False)
    programme = forms.TypedChoiceField(label=_("Programme"), coerce=int, required=False, empty_value=None)
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All states")), *MembershipState.choices], required=False
    )

    def __init__(self, *args: Any, programmes: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [("", _("All programmes")), *programmes]  # type: ignore[attr-defined]


class CardForm(_RefusableForm):
    """A card to be given out."""

    medium = forms.ChoiceField(
        label=_("Made of"), choices=[(one.value, one.label) for one in AT_HAND], initial=CardMedium.PLASTIC
    )
    symbology = forms.ChoiceField(label=_("Printed as"), choices=Symbology.choices, initial=Symbology.EAN13)


class CorrectionForm(_RefusableForm):
    """Points to give or, with a minus, to take off, and why."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    points = forms.IntegerField(
        label=_("Points"),
        min_value=-MOST_POINTS,
        max_value=MOST_POINTS,
        help_text=_("Such as 50, or −50 to take some off."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.CharField(label=_("Why"), max_length=LONGEST_REASON, help_text=_("The member may read it."))
    allow_debt = forms.BooleanField(
        label=_("Take off more than there is"),
        required=False,
        help_text=_("Then somebody else has to approve it, and the member owes the rest."),
    )

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None:
            # A minus as it is printed is one too.
            data = data.copy()
            data["points"] = str(data.get("points", "")).replace("−", "-").replace("\xa0", "").replace(" ", "")
        super().__init__(data, *args, **kwargs)


class LevelForm(_RefusableForm):
    """How a level of a programme is reached."""

    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"), max_length=60, help_text=_("Prices and offers call it so.")
    )
    rank = forms.IntegerField(
        label=pgettext_lazy("level", "Place"), min_value=1, max_value=100, help_text=_("1 is the lowest level.")
    )
    metric = forms.ChoiceField(label=_("What counts"), choices=TierMetric.choices, initial=TierMetric.SPEND)
    threshold = AmountField(
        label=_("Reached with"), smallest=1, help_text=_("An amount, or a number of points or purchases.")
    )
    period = forms.ChoiceField(label=_("Counted over"), choices=TierPeriod.choices, initial=TierPeriod.YEAR)
    grace_days = forms.IntegerField(
        label=_("Days it is kept afterwards"), min_value=0, max_value=366, initial=30, required=False
    )

    def __init__(self, *args: Any, currency: str, tier: Tier | None = None, **kwargs: Any) -> None:
        if tier is not None:
            names = ("name", "rank", "metric", "threshold", "period", "grace_days")
            kwargs["initial"] = {name: getattr(tier, name) for name in names}
            kwargs["prefix"] = f"level{tier.pk}"
        super().__init__(*args, **kwargs)
        kind = self.data.get(self.add_prefix("metric")) if self.is_bound else self.initial.get("metric")
        self._is_money = kind in (None, TierMetric.SPEND)
        self.fields["threshold"].currency = currency  # type: ignore[attr-defined]
        if not self._is_money:
            self.fields["threshold"] = forms.IntegerField(
                label=_("Reached with"), min_value=1, help_text=self.fields["threshold"].help_text
            )
        if tier is not None:
            del self.fields["name"]
        self._name = tier.name if tier is not None else ""

    @property
    def values(self) -> LevelValues:
        said = self.cleaned_data
        return LevelValues(**{"name": self._name} | said | {"grace_days": said["grace_days"] or 0})


class GivenLevelForm(_RefusableForm):
    """A level given to a member by hand; without one, what was reached holds again."""

    level = forms.TypedChoiceField(label=pgettext_lazy("level", "Level"), coerce=int, required=False, empty_value=None)
    until = _day(pgettext_lazy("level", "To the end of"))

    def __init__(self, *args: Any, levels: list[Tier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            ("", _("As reached with purchases")),
            *((tier.pk, tier.name) for tier in levels),
        ]

"""The living page of the look: every component in every state, in the theme and size the reader has chosen."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from stamkunde.kit.charts import Bar, BarChart
from stamkunde.kit.policy import staff_only
from stamkunde.kit.templatetags.look import icon_names

MONTHS = (("Jan", 820), ("Feb", 0), ("Mar", 1480), ("Apr", 640), ("May", 2210), ("Jun", 1120),
          ("Jul", 3040), ("Aug", 560), ("Sep", 1390), ("Oct", 470), ("Nov", 2480))  # fmt: skip
TONES = ("plain", "green", "amber", "gold", "red", "blue")


class SampleForm(forms.Form):
    """One field of every kind the pages use."""

    name = forms.CharField(label=_("Name"), help_text=_("As the customer says it."), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    amount = forms.IntegerField(label=_("Amount"), min_value=0)
    language = forms.ChoiceField(label=_("Language"), choices=[("nb", "Norsk"), ("sv", "Svenska"), ("lv", "Latviešu")])
    born = forms.DateField(label=_("Birthday"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    channel = forms.ChoiceField(
        label=_("Best reached by"), choices=[("phone", _("Phone")), ("email", _("E-mail"))], widget=forms.RadioSelect
    )
    file = forms.FileField(label=_("File"), required=False)
    newsletter = forms.BooleanField(label=_("May have news by e-mail"), required=False)


def _chart() -> BarChart:
    bars = [Bar(month, size, f"{size} kr") for month, size in MONTHS]
    return BarChart(str(_("Purchases by month")), str(_("From January to November, most in July.")), bars)


@require_GET
@staff_only
def style(request: HttpRequest) -> HttpResponse:
    wrong = SampleForm({"name": "", "email": "anna@", "amount": "-5", "language": "nb", "newsletter": "on"})
    return render(
        request,
        "desk/style.html",
        {
            "icons": sorted(icon_names()),
            "tones": TONES,
            "sizes": ("small", "", "large"),
            "people": ("Åse Bjørnstad", "Jānis Bērziņš", "李小龍", "Maria", "Per-Erik Östlund", "Ольга Петрова"),
            "form": SampleForm(prefix="empty"),
            "wrong": wrong,
            "chart": _chart(),
            "sort": request.GET.get("sort", "name"),
            "crumbs": [(_("Customers"), "#"), (_("Regulars"), "#"), ("Åse Bjørnstad", "")],
            "views": [
                {"label": _("My day"), "url": "#", "is_current": True, "icon": "star", "count": 7, "changed": True},
                {"label": _("Due for contact"), "url": "#", "count": 23},
                {"label": _("New this week"), "url": "#"},
            ],
            "steps": [_("File"), _("Columns"), _("Rehearsal"), _("Done")],
            "groups": [
                {
                    "label": _("Customers"),
                    "items": [
                        {"url": "#", "label": "Åse Bjørnstad", "hint": "912 34 567 · Majorstuen", "icon": "user"},
                        {"url": "#", "label": "Åse Bjørnstad", "hint": "ase@example.no · Bergen", "icon": "user"},
                    ],
                },
                {
                    "label": _("Actions"),
                    "items": [{"url": "#", "label": _("New customer"), "icon": "plus", "key": "C"}],
                },
            ],
        },
    )

"""What people fill in about a webhook."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.exchange.actions.webhooks import EVERYTHING


class WebhookForm(forms.Form):
    """What a webhook is for, where it is told, and of what."""

    name = forms.CharField(
        label=_("What it is for"), max_length=80, help_text=_("Such as “web shop” or “bookkeeping”.")
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("Where the other program wants to be told."),
    )
    events = forms.MultipleChoiceField(label=_("What it is told of"), choices=[], widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_topic: dict[str, list[tuple[str, str]]] = {topic.value: [] for topic in Topic}
        for name, kind in sorted(Event.kinds.items()):
            by_topic[kind.topic].append((name, name))
        groups: list[tuple[Any, Any]] = [(EVERYTHING, _("Everything that happens"))]
        groups += [(topic.label, by_topic[topic.value]) for topic in Topic if by_topic[topic.value]]
        self.fields["events"] = forms.MultipleChoiceField(
            label=_("What it is told of"), choices=groups, widget=forms.CheckboxSelectMultiple
        )

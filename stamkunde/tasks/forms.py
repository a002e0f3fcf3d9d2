"""The forms in which tasks are written and tried again."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.queries import the_shop
from stamkunde.kit.clock import zone
from stamkunde.tasks.actions import LONGEST, LONGEST_PHONE
from stamkunde.tasks.models import Priority, Task, TaskKind
from stamkunde.tasks.queries import doers, teams_to_choose
from stamkunde.tasks.refusals import TaskRefused
from stamkunde.tasks.values import TaskValues

_PERSON, _TEAM = "person", "team"


class TaskForm(forms.Form):
    """What is to be done, by when and by whom: a person, a team, or whoever takes it."""

    text = forms.CharField(label=_("What is to be done"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(label=_("Kind"), choices=TaskKind.choices, initial=TaskKind.TO_DO)
    due_on = forms.DateField(label=_("Due on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    due_time = forms.TimeField(
        label=_("At"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Without a time it is due by the end of the day."),
    )
    who = forms.ChoiceField(label=_("Who does it"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.NORMAL)
    phone = forms.CharField(
        label=_("Telephone"), required=False, max_length=LONGEST_PHONE, widget=forms.TextInput(attrs={"type": "tel"})
    )

    def __init__(self, *args: Any, keeping: Task | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        people = [(f"{_PERSON}:{pk}", name) for pk, name in doers()]
        if keeping is not None and keeping.assigned_to is not None:
            # Whoever has it may keep it, also when she would not be given it today.
            own = (f"{_PERSON}:{keeping.assigned_to.pk}", keeping.assigned_to.name)
            people += [] if own in people else [own]
        teams = [(f"{_TEAM}:{pk}", name) for pk, name in teams_to_choose()]
        choices: list[Any] = [("", _("Whoever takes it")), (_("People"), people)]
        if teams:
            choices.append((_("Teams"), teams))
        self.fields["who"].choices = choices  # type: ignore[attr-defined]

    @classmethod
    def of(cls, task: Task, **options: Any) -> "TaskForm":
        clock = the_shop().zone
        who = f"{_PERSON}:{task.assigned_to_id}" if task.assigned_to_id else f"{_TEAM}:{task.team_id}"
        initial = {
            "text": task.text,
            "kind": task.kind,
            "due_on": task.due_on(clock),
            "due_time": None if task.is_whole_day else task.due_at.astimezone(zone(clock)).time(),
            "who": who if task.assigned_to_id or task.team_id else "",
            "priority": task.priority,
            "phone": task.phone,
        }
        return cls(initial=initial, keeping=task, **options)

    def values(self, customer_id: int | None = None, before: Task | None = None) -> TaskValues:
        """Return what was written; a task of a team that somebody takes stays the team's."""
        asked = self.cleaned_data
        kind, _colon, number = asked["who"].partition(":")
        team = int(number) if kind == _TEAM else before.team_id if before and kind == _PERSON else None
        return TaskValues(
            text=asked["text"],
            kind=asked["kind"],
            due=due_of(asked["due_on"], asked["due_time"]),
            customer_id=customer_id,
            phone=asked["phone"],
            assigned_to_id=int(number) if kind == _PERSON else None,
            team_id=team,
            priority=asked["priority"],
        )

    def refuse(self, refusal: TaskRefused) -> None:
        """Show why the action refused, beside the field it is about."""
        field = {"due": "due_on", "assigned_to": "who", "team": "who"}.get(refusal.field, refusal.field)
        self.add_error(field if field in self.fields else None, refusal.sentence)


def due_of(day: date, at: Any) -> date | datetime:
    """Return a day, or an instant on the shop's clock where a time was given."""
    return datetime.combine(day, at, tzinfo=zone(the_shop().zone)) if at else day


def next_tries() -> list[tuple[str, object]]:
    """Return by when somebody who was not reached is usually tried again."""
    return [("hour", _("In an hour")), ("tomorrow", _("Tomorrow")), ("three", _("In three days"))]


def next_try(name: str) -> date | datetime:
    """Return when that is; a word nobody wrote is tomorrow."""
    if name == "hour":
        return timezone.localtime() + timedelta(hours=1)
    return timezone.localdate() + timedelta(days=3 if name == "three" else 1)

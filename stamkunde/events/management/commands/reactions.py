"""``manage.py reactions``: who reacts to what."""

from typing import Any

from django.core.management.base import BaseCommand

from stamkunde.events.event import Event
from stamkunde.events.reacting import reactions_to


class Command(BaseCommand):
    help = "Print every kind of event and the reactions it wakes."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, kind in sorted(Event.kinds.items()):
            names = [reaction.name for reaction in reactions_to(kind)]
            self.stdout.write(f"{name} → {', '.join(names) if names else 'nobody'}")

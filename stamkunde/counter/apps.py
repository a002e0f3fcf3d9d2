from pathlib import Path

from django.apps import AppConfig

LOOK = Path(__file__).parent / "look"


class CounterApp(AppConfig):
    name = "stamkunde.counter"
    label = "counter"

    def ready(self) -> None:
        from stamkunde.kit.static_bundle import add_own

        for name in ("counter.css", "counter.js"):
            add_own(f"counter/{name}", LOOK / name)

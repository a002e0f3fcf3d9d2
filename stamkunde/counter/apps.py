from pathlib import Path

from django.apps import AppConfig

LOOK = Path(__file__).parent / "look"
OFFLINE = ("offline-kept.js", "offline-sums.js", "offline-fill.js", "offline-send.js", "offline.js")


class CounterApp(AppConfig):
    name = "stamkunde.counter"
    label = "counter"

    def ready(self) -> None:
        from stamkunde.kit.static_bundle import add_own

        own = ("counter.css", "counter.js", "counter-keeper.js", "offline.css", *OFFLINE)
        for name in own:
            add_own(f"counter/{name}", LOOK / name)

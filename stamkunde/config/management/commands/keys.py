"""`./run keys`: look at the secret key, make a new one, let the former one go."""

from typing import Any

from django.core.management import BaseCommand, CommandParser

from stamkunde.config.operations import keys


class Command(BaseCommand):
    help = "Show how old the secret key is; `rotate` makes a new one, `retire` forgets the former ones."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("deed", nargs="?", choices=("show", "rotate", "retire"), default="show")
        parser.add_argument("--anyway", action="store_true", help="Retire even what somebody may be signed in by.")

    def handle(self, *, deed: str, anyway: bool, **options: Any) -> None:
        if deed == "rotate":
            keys.rotate()
            self.stdout.write("There is a new key. It is used from the next start on; nobody is signed out by it.")
            self.stdout.write("Start Stamkunde and its workers again. Later, let the former key go: ./run keys retire")
        elif deed == "retire":
            count = keys.retire(anyway=anyway)
            self.stdout.write(f"Forgotten: {count} former keys. Start Stamkunde again to make it count.")
        else:
            self.show()

    def show(self) -> None:
        made_at = keys.made_at()
        if made_at is None:
            self.stdout.write("The key comes from STAMKUNDE_SECRET_KEY.")
        else:
            self.stdout.write(f"The key was made on {made_at:%Y-%m-%d}.")
        for former in keys.former_keys():
            self.stdout.write(
                f"The key {former.begins}... was replaced on {former.replaced_at:%Y-%m-%d %H:%M} UTC and may go from "
                f"{former.may_go_at:%Y-%m-%d %H:%M} UTC on."
            )

"""`./run password EMAIL`: give somebody a new password, for when nobody can sign in any more."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from stamkunde.accounts.actions.staff import give_new_password
from stamkunde.accounts.models import User
from stamkunde.kit.actor import SYSTEM


class Command(BaseCommand):
    help = "Make a new password for a member of staff and show it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist as error:
            known = ", ".join(User.objects.filter(is_active=True).values_list("email", flat=True)[:20])
            raise CommandError(
                f"Nobody here has the e-mail {email}. Those who may sign in: {known or 'nobody'}."
            ) from error
        password = give_new_password(user, by=SYSTEM)
        self.stdout.write(
            f"{user.name} signs in as {user.email} with the password {password} and then chooses another."
        )

"""Who works in the demo shop: departments, a team, people in them, and a tablet at a till.

None of them can sign in until an administrator gives a password: what everybody can read here opens nothing.
"""

from stamkunde.accounts.actions.devices import make_device_code, register_device
from stamkunde.accounts.actions.organisation import keep_department, keep_team
from stamkunde.accounts.actions.staff import Belonging, add_staff
from stamkunde.accounts.models import Department, Store, Team, Till, User
from stamkunde.accounts.roles import Role
from stamkunde.kit.actor import SYSTEM

# Name, role, language, the country of the store, whether the person works there only, department and team.
_STAFF = (
    ("Anna Vik", Role.TILL, "nb", "NO", True, "Butikken", ""),
    ("Ola Nes", Role.CARE, "nb", "NO", False, "Kundeservice", "Kveldsvakt"),
    ("Maja Lind", Role.TILL, "sv", "SE", True, "Butikken", ""),
    ("Nils Ek", Role.CARE, "sv", "SE", False, "Kundeservice", "Kveldsvakt"),
    ("Līga Ozola", Role.LEAD, "lv", "LV", False, "Butikken", ""),
    ("Pēteris Kalns", Role.MARKETING, "lv", "LV", False, "", ""),
)


def put_to_work(stores: dict[str, list[Store]]) -> None:
    """Add the people, their departments and team, and the tablet at the first till."""
    people: dict[str, list[User]] = {}
    for name, role, language, country, is_bound, *groups in _STAFF:
        email = f"{name.split()[0].lower()}@example.com".translate(str.maketrans("īē", "ie"))
        user, _password = add_staff(
            email=email,
            name=name,
            role=role,
            store=stores[country][0],
            belonging=Belonging(is_bound=is_bound),
            language=language,
            by=SYSTEM,
        )
        for group in filter(None, groups):
            people.setdefault(group, []).append(user)
    shop_floor = keep_department(Department(name="Butikken"), people["Butikken"], by=SYSTEM)
    care = keep_department(Department(name="Kundeservice"), people["Kundeservice"], by=SYSTEM)
    keep_team(Team(name="Kveldsvakt", department=care), people["Kveldsvakt"], by=SYSTEM)
    lead = next(user for user in people[shop_floor.name] if user.role == Role.LEAD)
    till = Till.objects.filter(store=stores["NO"][0]).order_by("pk")[0]
    register_device(make_device_code(till, "Nettbrettet ved døren", by=lead))

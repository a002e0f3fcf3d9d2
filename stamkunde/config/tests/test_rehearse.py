"""An upgrade tried on a copy: what would be lost is named, and the shop itself is only read."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from stamkunde.accounts.roles import Role
from stamkunde.config.operations import prepare, rehearsal
from stamkunde.config.operations.rehearsal import Figures, differences, rehearse
from stamkunde.customers.models import Customer
from tests.world import World, make_customer, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.slow
def test_a_shop_of_this_version_goes_through_unchanged_and_its_copy_is_gone_afterwards(world: World):
    before = [world.kari.name]
    went = rehearse()
    assert went.differences == []
    assert went.changes == []
    assert went.tables > 20
    assert went.rows > 0
    assert [customer.name for customer in Customer.objects.all()] == before
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE '%rehearsal%'")
            assert cursor.fetchone() == (0,)


def test_a_lost_row_a_changed_sum_and_a_table_that_is_gone_are_named():
    before = {
        "sales_order": Figures(10, {"total": 1_000, "discount": 50}),
        "customers_note": Figures(3, {"id": 6}),
        "customers_file": Figures(2, {}),
    }
    after = {"sales_order": Figures(10, {"total": 999}), "customers_note": Figures(2, {"id": 3})}
    assert list(differences(before, after)) == [
        "sales_order.total added up to 1,000 and adds up to 999.",
        "customers_note had 3 rows and has 2.",
        "customers_note.id added up to 6 and adds up to 3.",
        "The table customers_file, with 2 rows, is gone.",
    ]


def test_the_command_fails_where_something_would_be_lost(monkeypatch, capsys):
    lost = rehearsal.Rehearsal([], 1.0, 2, 30, differences=["customers_note had 3 rows and has 2."])
    monkeypatch.setattr("stamkunde.config.management.commands.rehearse.rehearse", lambda: lost)
    with pytest.raises(SystemExit) as ended:
        call_command("rehearse")
    assert ended.value.code == 1
    assert "customers_note had 3 rows and has 2." in capsys.readouterr().out


@pytest.fixture
def old_version(monkeypatch):
    """Let the tables look as if one migration were still to come."""
    done = []
    monkeypatch.setattr(
        "django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_args, **_more: ["one to come"]
    )
    monkeypatch.setattr(prepare, "call_command", lambda name, **_options: done.append(name))
    return done


def test_a_shop_in_use_is_saved_before_its_tables_change(old_version, settings, tmp_path):
    settings.HOME = tmp_path
    make_staff("Eva", Role.ADMINISTRATOR)
    prepare.migrate()
    assert old_version == ["migrate"]
    assert len(list((tmp_path / "backups").iterdir())) == 1


def test_a_new_shop_is_not(old_version, settings, tmp_path):
    settings.HOME = tmp_path
    prepare.migrate()
    assert old_version == ["migrate"]
    assert not (tmp_path / "backups").exists()


def test_nor_one_whose_owner_saves_it_otherwise(old_version, settings, tmp_path):
    settings.HOME = tmp_path
    settings.BACKUP_BEFORE_UPGRADE = False
    make_staff("Eva", Role.ADMINISTRATOR)
    prepare.migrate()
    assert old_version == ["migrate"]
    assert not (tmp_path / "backups").exists()


def test_where_it_cannot_be_saved_the_upgrade_is_not_begun(old_version, settings, tmp_path):
    settings.HOME = tmp_path
    (tmp_path / "backups").write_text("a file where the folder should be")
    make_customer()
    make_staff("Eva", Role.ADMINISTRATOR)
    with pytest.raises(CommandError, match="was not begun"):
        prepare.migrate()
    assert old_version == []

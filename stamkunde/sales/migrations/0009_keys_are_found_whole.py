"""PostgreSQL was given a second index of each key, for searches by its beginning, which nobody makes."""

from django.db import migrations


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('DROP INDEX IF EXISTS "sales_order_idempotency_key_52b16ad7_like"')


class Migration(migrations.Migration):
    dependencies = [("sales", "0008_keys_that_begin_another_index")]

    operations = [migrations.RunPython(drop, migrations.RunPython.noop)]

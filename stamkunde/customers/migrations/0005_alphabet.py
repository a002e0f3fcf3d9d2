from django.db import migrations

import stamkunde.kit.collation
from stamkunde.customers.recognition import index


def install(apps, schema_editor):
    # SQLite makes the table anew, and with the old one the triggers of the search index are gone.
    index.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_town")]

    operations = [
        migrations.AlterField(
            model_name="customer",
            name="sort_name",
            field=stamkunde.kit.collation.SortKeyField(blank=True, editable=False, max_length=200),
        ),
        migrations.RunPython(install, install),
    ]

from django.db import migrations, models

import stamkunde.kit.collation
from stamkunde.catalogue import search


def install(apps, schema_editor):
    # SQLite makes the table anew, and with the old one the triggers of the search index are gone.
    search.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_vat_rates")]

    operations = [
        migrations.RemoveIndex(model_name="product", name="catalogue_by_name"),
        migrations.RemoveIndex(model_name="product", name="catalogue_by_category"),
        migrations.AddField(
            model_name="product",
            name="sort_name",
            field=stamkunde.kit.collation.SortKeyField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["sort_name", "id"], name="catalogue_by_name"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["category", "sort_name", "id"], name="catalogue_by_category"),
        ),
        migrations.RunPython(install, install),
    ]

from django.db import migrations

from stamkunde.catalogue import search


def install(apps, schema_editor):
    search.install(schema_editor.connection)


def remove(apps, schema_editor):
    search.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]

from django.db import migrations

from stamkunde.kit.collation import put_in_order, sort_key


def put_products_in_order(apps, schema_editor):
    shop = apps.get_model("accounts", "Shop").objects.first()
    language = shop.language if shop else "en"
    rows = apps.get_model("catalogue", "Product").objects.all()
    after, some = put_in_order(rows, lambda product: sort_key(product.name, language=language), after=0)
    while some:
        after, some = put_in_order(rows, lambda product: sort_key(product.name, language=language), after=after)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("catalogue", "0004_alphabet")]

    operations = [migrations.RunPython(put_products_in_order, migrations.RunPython.noop)]

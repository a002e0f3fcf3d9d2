from django.db import migrations

from stamkunde.customers.preparing import sort_name
from stamkunde.kit.collation import put_in_order


def put_customers_in_order(apps, schema_editor):
    shop = apps.get_model("accounts", "Shop").objects.first()
    language = shop.language if shop else "en"
    rows = apps.get_model("customers", "Customer").objects.all()
    after, some = put_in_order(rows, lambda customer: sort_name(customer, language), after=0)
    while some:
        after, some = put_in_order(rows, lambda customer: sort_name(customer, language), after=after)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("customers", "0005_alphabet")]

    operations = [migrations.RunPython(put_customers_in_order, migrations.RunPython.noop)]

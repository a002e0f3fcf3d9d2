"""The codes of a batch as a file: with a reason, for those who may have codes and take files out."""

import pytest

from stamkunde.accounts.roles import Role
from stamkunde.exchange.exports import rows_for, type_for
from stamkunde.exchange.models import ExportFile
from stamkunde.pricing.models import VoucherBatch
from stamkunde.pricing.tests.coding import coded_offer, unique
from tests.world import World, make_staff, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


def test_the_codes_of_a_batch_are_taken_out_as_a_file_with_a_reason(world: World):
    assert world.store.pk
    unique(3)
    batch = VoucherBatch.objects.get()
    unique(2, coded_offer(name="=Other"))
    client = signed_in(world.liga)
    refused = client.post(f"/vouchers/{batch.pk}/file/", {"form": "csv", "reason": ""})
    assert (refused.status_code, ExportFile.objects.count()) == (422, 0)

    client.post(f"/vouchers/{batch.pk}/file/", {"form": "xlsx", "reason": "For the printer"})

    export = ExportFile.objects.get()
    kind = type_for(world.liga, export.kind)
    assert kind is not None
    rows = [cells for cells, _customer in rows_for(world.liga, kind, export.selection)]
    assert [row[0] for row in rows] == [
        f"{c[:4]}-{c[4:8]}-{c[8:]}" for c in batch.vouchers.values_list("code", flat=True)
    ]
    assert {row[2] for row in rows} == {"Ten with a code"}
    assert len(list(kind.rows(world.liga))) == 5
    assert type_for(world.eve, export.kind) is None
    marketing = signed_in(make_staff("Mona", Role.MARKETING, world.store))
    assert marketing.post(f"/vouchers/{batch.pk}/file/", {"form": "csv", "reason": "Letters"}).status_code == 403
    accountant = signed_in(make_staff("Arne", Role.ACCOUNTANT, world.store))
    assert accountant.post(f"/vouchers/{batch.pk}/file/", {"form": "csv", "reason": "Letters"}).status_code == 404
    assert ExportFile.objects.count() == 1

"""A whole shop leaves by files of any format and is the same shop in an empty house."""

# mypy: disable-error-code="union-attr, misc"
from datetime import UTC, date, datetime
from typing import Any

import pytest

from stamkunde.catalogue.models import Barcode, Category, ListPrice, Product
from stamkunde.customers.actions.customer import create_customer
from stamkunde.customers.models import ConsentChannel, ConsentState, ContactKind, Customer, CustomerKind, TraitKind
from stamkunde.customers.values import AddressValues, ConsentValues, ContactValues, CustomerValues, TraitValues
from stamkunde.exchange.models import ImportRun, SourceKey
from stamkunde.exchange.stored_files import path_of
from stamkunde.exchange.tests.files import imported, received, settled, undone
from stamkunde.exchange.tests.test_export import exported
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.bulk_delete import delete_rows
from stamkunde.kit.tabular.writing import FORMATS
from stamkunde.sales.invariants import INVARIANTS
from stamkunde.sales.models import Order, PurchaseSummary, Return

pytestmark = pytest.mark.django_db

KINDS = ("customers", "products", "prices", "purchases", "consents")
PURCHASES = (
    "order,date,customer,sku,description,quantity,price,discount,vat_rate,channel,øreavrunding\n"
    "5001,2024-01-01 23:40,K1,0007,+Tea; 100 g,2,149.90,,15,shop,\n"
    "5001,2024-01-01 23:40,K1,CUP,Cup,1,5.55,0.55,25,shop,0.20\n"
    "5002,2024-06-30 09:00,K2,0007,+Tea; 100 g,1.5,149.90,,15,web,\n"
    "5003,2024-07-01 12:00,,CUP,Cup,3,5.55,,25,shop,0.35\n"
    "R1,2024-01-05 10:00,K1,0007,+Tea; 100 g,-1,149.90,,15,shop,-0.10\n"
    "R2,2024-08-05 10:00,K2,CUP,Cup,-1,5.00,,25,shop,\n"
)


def kari() -> CustomerValues:
    def said(channel: ConsentChannel, state: ConsentState, day: int, how: str) -> ConsentValues:
        return ConsentValues(
            channel=channel, state=state, evidence=how, wording="v2", at=datetime(2024, 2, day, 9, 30, tzinfo=UTC)
        )

    return CustomerValues(
        given_name="Kari",
        family_name="=Nordmann",
        title="Dr.",
        greeting="Hei, Kari",
        language="nb",
        birth_date=date(1980, 5, 17),
        former_names=("Kari Hansen", "Kari Olsen"),
        contacts=(
            *(ContactValues(kind=ContactKind.EMAIL, raw=f"kari.{place}@example.no") for place in range(3)),
            *(ContactValues(kind=ContactKind.PHONE, raw=f"+47 912 34 56{place}", region="NO") for place in range(5)),
            ContactValues(kind=ContactKind.MESSENGER, raw="@kari"),
        ),
        addresses=(
            AddressValues(street='Storgata 1; inngang "B"', postcode="0155", town="Oslo", country="NO"),
            AddressValues(street="Hytta 2", postcode="3580", town="Geilo", country="NO", care_of="Ola", label="Hytte"),
            AddressValues(street="Brīvības iela 1", postcode="LV-1010", town="Rīga", country="LV"),
        ),
        traits=(
            TraitValues(kind=TraitKind.ALLERGY, text="nuts: all of them"),
            TraitValues(kind=TraitKind.LIKES, text="oolong"),
            TraitValues(text="size: not the shoes"),
        ),
        consents=(
            said(ConsentChannel.EMAIL, ConsentState.GIVEN, 1, "on paper"),
            said(ConsentChannel.SMS, ConsentState.GIVEN, 2, "at the till"),
            said(ConsentChannel.SMS, ConsentState.WITHDRAWN, 3, "by mail"),
            said(ConsentChannel.LETTER, ConsentState.WITHDRAWN, 4, "by mail"),
        ),
        created_at=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


def a_shop() -> None:
    known = create_customer(kari(), by=SYSTEM)
    firm = create_customer(
        CustomerValues(
            company_name="Bērziņš un dēli",
            company_number="40003",
            kind=CustomerKind.COMPANY,
            created_at=kari().created_at,
        ),
        by=SYSTEM,
    )
    for key, customer in (("K1", known), ("K2", firm)):
        SourceKey.objects.create(source="till", kind="customers.customer", key=key, object_id=customer.pk)
    category = Category.objects.create(name="Tea", parent=Category.objects.create(name="Food"))
    tea = Product.objects.create(
        sku="0007", name="+Tea; 100 g", category=category, unit="pcs", vat_class="reduced", description="a\nb",
        created_at=known.created_at,
    )  # fmt: skip
    Barcode.objects.create(product=tea, code="7035620000010")
    for amount, month in ((14_990, 1), (15_990, 6)):
        ListPrice.objects.create(
            product=tea, currency="NOK", amount=amount, valid_from=datetime(2024, month, 1, tzinfo=UTC)
        )
    imported(received(PURCHASES, kind="purchases", source="till"))


def customers() -> list[Any]:
    return sorted(
        (
            one.name, one.kind, one.title, one.greeting, one.language, one.company_number, one.birth_date,
            one.birth_day, one.created_at, one.visits, one.first_visit_at, one.last_visit_at,
            tuple(sorted(former.name for former in one.former_names.all())),
            tuple(sorted((point.kind, point.value, point.status) for point in one.contact_points.all())),
            tuple(
                sorted(
                    (row.street, row.postcode, row.town, row.country, row.care_of, row.label)
                    for row in one.addresses.all()
                )
            ),
            tuple(sorted((trait.kind, trait.text) for trait in one.traits.all())),
            tuple(sorted((sums.currency, sums.orders, sums.net, sums.last_at) for sums in own_sums(one))),
            tuple(sorted(newest_answers(one).items())),
        )
        for one in Customer.objects.all()
    )  # fmt: skip


def own_sums(customer: Customer) -> list[PurchaseSummary]:
    return list(PurchaseSummary.objects.filter(customer=customer))


def newest_answers(customer: Customer) -> dict[str, str]:
    return {row.channel: row.state for row in customer.consents.order_by("at", "pk")}


def answers_with_proof() -> set[tuple[str, str, datetime, str]]:
    return {
        (row.channel, row.state, row.at, row.evidence.split(" (import")[0])
        for one in Customer.objects.all()
        for row in one.consents.all()
        if not row.evidence.startswith("import ")
    }


def catalogue() -> list[Any]:
    return sorted(
        (
            one.sku, one.name, one.kind, one.unit, one.vat_class, one.description,
            (one.category.parent.name, one.category.name) if one.category else (),
            tuple(one.barcodes.values_list("code", flat=True)),
            tuple(ListPrice.objects.filter(product=one).order_by("pk").values_list("amount", "currency", "valid_from")),
        )
        for one in Product.objects.all()
    )  # fmt: skip


def trade() -> list[Any]:
    bought = [
        (
            "bought", order.receipt_number, order.placed_at, order.business_day, order.channel, order.store.name,
            order.customer.name if order.customer else "", order.currency, order.total, order.discount, order.vat,
            order.returned_total, order.rounding,
            tuple(
                (
                    line.number, line.product.sku if line.product else "", line.description, line.quantity,
                    line.unit_price, line.discount, line.amount, line.vat_basis_points, line.vat,
                    line.returned_quantity,
                )
                for line in order.lines.order_by("number")
            ),
        )
        for order in Order.objects.all()
    ]  # fmt: skip
    back = [
        (
            "back", row.receipt_number, row.returned_at, row.customer.name if row.customer else "", row.total,
            row.stands_alone, row.rounding,
            tuple(
                (line.description, line.quantity, line.amount, line.order_line_id is not None)
                for line in row.lines.order_by("pk")
            ),
        )
        for row in Return.objects.all()
    ]  # fmt: skip
    return [*sorted(bought), *sorted(back)]


def empty_the_house() -> None:
    for model in (Return, Order, Product, Category, Customer):
        delete_rows(model, list(model._default_manager.order_by("-pk").values_list("pk", flat=True)))
    SourceKey.objects.all().delete()
    ImportRun.objects.all().delete()


@pytest.mark.parametrize("form", FORMATS)
def test_a_shop_is_the_same_after_a_move(world, form):
    assert world.store
    a_shop()
    before = customers(), catalogue(), trade(), answers_with_proof()
    files = {kind: path_of(exported(kind, world.liga, form).stored_as).read_bytes() for kind in KINDS}
    empty_the_house()

    runs = []
    for kind in KINDS:
        run = imported(settled(received(files[kind], f"{kind}.{form}", kind=kind, source="old house")))
        assert (run.skipped, run.updated) == (0, 0), (kind, list(run.problems.values_list("sentence", flat=True)))
        runs.append(run)

    after = customers(), catalogue(), trade(), answers_with_proof()
    for was, is_now in zip(before, after, strict=True):
        assert is_now == was
    assert [invariant.sentence for invariant in INVARIANTS if any(True for _problem in invariant.check())] == []

    for run in reversed(runs):
        assert not undone(run).kept
    assert (customers(), catalogue(), trade()) == ([], [], [])


def test_what_has_come_home_changes_nothing_the_second_time(world):
    assert world.store
    a_shop()
    files = {kind: path_of(exported(kind, world.liga).stored_as).read_bytes() for kind in KINDS}
    before = customers(), catalogue(), trade(), answers_with_proof()

    for kind in KINDS:
        run = imported(received(files[kind], f"{kind}.csv", kind=kind, source="ourselves"))
        assert (run.created, run.updated, run.skipped) == (0, 0, 0), kind

    assert (customers(), catalogue(), trade(), answers_with_proof()) == before

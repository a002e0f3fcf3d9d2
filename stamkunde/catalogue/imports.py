"""Products and list prices from files: matched by the source's key first, then by the product number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stamkunde.catalogue.barcodes import cleaned
from stamkunde.catalogue.events import ListPriceSet, ProductChanged, ProductCreated
from stamkunde.catalogue.models import Barcode, Category, ListPrice, Product, ProductKind, VatClass
from stamkunde.catalogue.search import places_of
from stamkunde.events.models import Happening
from stamkunde.events.publishing import publish_in_bulk
from stamkunde.kit.actor import ActorKind
from stamkunde.kit.bulk_delete import delete_rows
from stamkunde.kit.bulk_insert import insert_models
from stamkunde.kit.importing import (
    PRODUCT,
    Change,
    Field,
    FieldKind,
    Importer,
    Journal,
    Kept,
    Keys,
    Line,
    RecordType,
    Tally,
    Terms,
    Undoer,
)
from stamkunde.kit.many_keys import ManyKeys
from stamkunde.kit.money import LARGEST_MINOR, decimals_of, round_half_up

PRICE, BARCODE = "catalogue.price", "catalogue.barcode"
_AT_ONCE = 900
# The codes the scanner's column and ours can hold.
_SKU, _NAME = 60, 200

SKU_SYNONYMS = (
    "sku", "product number", "item number", "item no", "article number", "stock code", "stockcode", "product code",
    "item", "varenummer", "varenr", "artikkelnummer", "produktnummer", "artikelnummer", "artnr", "artikelnr",
    "preces kods", "artikuls", "preces numurs", "kods", "product_sku", "variant sku",
)  # fmt: skip
NAME_SYNONYMS = (
    "product", "product name", "title", "item name", "description", "varenavn", "produktnavn", "navn", "benevnelse",
    "produktnamn", "namn", "benämning", "artikelnamn", "nosaukums", "preces nosaukums", "prece", "beskrivelse",
    "beskrivning", "apraksts",
)  # fmt: skip
PRICE_SYNONYMS = (
    "price", "unit price", "unitprice", "list price", "sales price", "pris", "enhetspris", "utsalgspris", "stykkpris",
    "á-pris", "apris", "försäljningspris", "utpris", "cena", "vienības cena", "pārdošanas cena", "variant price",
)  # fmt: skip
CURRENCY_SYNONYMS = ("currency", "currency code", "valuta", "valūta", "curr", "ccy")


def minor(amount: Any, currency: str) -> int:
    return round_half_up(amount.scaleb(decimals_of(currency)))


class ProductDirectory:
    """Products by the key of the source or by their number, remembered for a whole run."""

    _MOST_KEPT = 300_000

    def __init__(self, terms: Terms, keys: Keys, journal: Journal) -> None:
        self._terms, self._keys, self._journal = terms, keys, journal
        self._known: dict[str, int] = {}

    def ids(self, skus: Collection[str]) -> dict[str, int]:
        """Return the products of these keys; a key never seen before may be the number of a product known already."""
        missing = sorted({sku for sku in skus if sku not in self._known})
        if len(self._known) > self._MOST_KEPT:
            self._known.clear()
            missing = sorted(set(skus))
        if missing:
            self._known.update(self._keys.find(PRODUCT, missing))
            new = [sku for sku in missing if sku not in self._known]
            by_number: dict[str, int] = {}
            for start in range(0, len(new), _AT_ONCE):
                found = Product.objects.filter(sku__in=new[start : start + _AT_ONCE])
                by_number.update(found.values_list("sku", "pk"))
            if by_number:
                self._keys.add(PRODUCT, by_number)
                self._known.update(by_number)
        return {sku: self._known[sku] for sku in skus if sku in self._known}

    def create(self, named: Mapping[str, str]) -> dict[str, int]:
        """Make products of numbers that only purchases have told of, named as they were described there."""
        products = [
            Product(
                sku=sku[:_SKU],
                name=(name or sku)[:_NAME],
                **places_of((name or sku)[:_NAME], sku[:_SKU]),
                created_at=self._terms.at,
            )
            for sku, name in named.items()
        ]
        return self.keep(dict(zip(named, products, strict=True)))

    def keep(self, products: Mapping[str, Product]) -> dict[str, int]:
        """Write new products with their keys, their journal and their happenings."""
        if self._terms.is_rehearsal:
            made = dict.fromkeys(products, -1)
        else:
            rows = insert_models(list(products.values()))
            made = {key: row.pk for key, row in zip(products, rows, strict=True)}
            self._journal.created(PRODUCT, made.values())
            publish_in_bulk(
                (
                    (ProductCreated(product_id=row.pk, product_name=row.name, sku=row.sku), None)
                    for row in products.values()
                ),
                by=self._terms.by,
            )
        self._keys.add(PRODUCT, made)
        self._known.update(made)
        return made


@dataclass
class _ProductImporter:
    terms: Terms
    keys: Keys
    journal: Journal
    seen: ManyKeys = field(default_factory=ManyKeys)
    categories: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.directory = ProductDirectory(self.terms, self.keys, self.journal)

    def remember(self, lines: Sequence[Line]) -> None:
        self.seen.update(_key(line) for line in lines)

    def take(self, lines: Sequence[Line]) -> Tally:
        tally = Tally()
        wanted: dict[str, Line] = {}
        for line in lines:
            key = _key(line)
            if not self.seen.add(key):
                tally.skip(line, _("This product stands in the file more than once; its first row counts."))
                continue
            wanted[key] = line
        known = self.directory.ids(wanted)
        present = Product.objects.in_bulk([number for number in known.values() if number > 0])
        taken = self._numbers_taken(wanted, known)
        created: dict[str, Product] = {}
        barcodes: list[tuple[str, Line, str]] = []
        before: dict[int, dict[str, Any]] = {}
        changed: list[tuple[Product, dict[str, Any]]] = []
        for key, line in wanted.items():
            values = self._values(line)
            product = present.get(known.get(key, 0))
            owner = taken.get(values["sku"])
            if owner is not None and (product is None or owner != product.pk):
                tally.skip(line, _("Another product has this number."))
                continue
            if product is None:
                created[key] = Product(**values, **places_of(values["name"], values["sku"]), created_at=self.terms.at)
                tally.created += 1
            else:
                differing = {name: value for name, value in values.items() if getattr(product, name) != value}
                if differing:
                    before[product.pk] = {name: getattr(product, name) for name in differing} | {
                        "version": product.version + 1
                    }
                    changed.append((product, differing))
                    tally.updated += 1
                else:
                    tally.unchanged += 1
            if code := cleaned(line.values["barcode"] or ""):
                barcodes.append((key, line, code[:64]))
        made = self.directory.keep(created)
        if not self.terms.is_rehearsal:
            self._change(changed, before)
            self._scan(barcodes, {**known, **made})
        return tally

    def _values(self, line: Line) -> dict[str, Any]:
        """The columns the file fills; an empty cell leaves what is known alone."""
        given = line.values
        sku = given["sku"] or given["key"]
        values = {"sku": sku[:_SKU], "name": given["name"]}
        for name in ("kind", "vat_class", "unit", "description"):
            if given[name] is not None:
                values[name] = given[name]
        if given["category"] and not self.terms.is_rehearsal:
            values["category_id"] = self._category(given["category"])
        return values

    def _category(self, path: str) -> int:
        """Find or make the shelf; “Food / Tea” is a shelf within a shelf."""
        if path not in self.categories:
            parent: Category | None = None
            for name in (part.strip()[:120] for part in path.replace(">", "/").split("/")):
                if name:
                    parent = Category.objects.get_or_create(parent=parent, name=name)[0]
            self.categories[path] = parent.pk if parent else 0
        return self.categories[path] or Category.objects.get_or_create(parent=None, name=path[:120])[0].pk

    def _numbers_taken(self, wanted: Mapping[str, Line], known: Mapping[str, int]) -> dict[str, int]:
        numbers = {line.values["sku"] or key for key, line in wanted.items()}
        return dict(Product.objects.filter(sku__in=numbers).values_list("sku", "pk"))

    def _change(self, changed: list[tuple[Product, dict[str, Any]]], before: Mapping[int, dict[str, Any]]) -> None:
        if not changed:
            return
        told = []
        for product, differing in changed:
            told.append(
                ProductChanged(
                    product_id=product.pk,
                    product_name=product.name,
                    changes={
                        name: [str(getattr(product, name) or ""), str(new or "")] for name, new in differing.items()
                    },
                )
            )
            for name, new in differing.items():
                setattr(product, name, new)
            for name, place in places_of(product.name, product.sku).items():
                setattr(product, name, place)
            product.version += 1
        Product.objects.bulk_update(
            [product for product, _differing in changed],
            ["sku", "name", "kind", "vat_class", "unit", "description", "category", "words", "sort_name", "version"],
            batch_size=500,
        )
        self.journal.updated(PRODUCT, before)
        publish_in_bulk(((event, None) for event in told), by=self.terms.by)

    def _scan(self, codes: list[tuple[str, Line, str]], ids: Mapping[str, int]) -> None:
        """Give products their barcodes; a code that belongs to another product stays with that one."""
        taken = set(Barcode.objects.filter(code__in={code for *_rest, code in codes}).values_list("code", flat=True))
        new: dict[str, Barcode] = {}
        for key, _line, code in codes:
            if code not in taken and key in ids:
                new.setdefault(code, Barcode(product_id=ids[key], code=code))
        rows = Barcode.objects.bulk_create(new.values())
        self.journal.created(BARCODE, [row.pk for row in rows])


def _key(line: Line) -> str:
    return str(line.values["key"] or line.values["sku"])


@dataclass(frozen=True)
class ProductRecords:
    name: str = "products"
    label: Any = gettext_lazy("Products")
    sentence: Any = gettext_lazy("Goods and services with number, name, category and barcode.")
    group_by: str = ""
    also_labels: Mapping[str, Any] = field(default_factory=dict)
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="sku", label=gettext_lazy("Product number"), kind=FieldKind.KEY, is_required=True, max_length=_SKU,
              synonyms=SKU_SYNONYMS),
        Field(name="name", label=pgettext_lazy("product", "Name"), is_required=True, max_length=_NAME,
              synonyms=NAME_SYNONYMS),
        Field(name="key", label=gettext_lazy("Key in the source"), kind=FieldKind.KEY, max_length=200,
              synonyms=("id", "product id", "produkt-id", "internal id", "source key"),
              hint=gettext_lazy("Where the source has a key of its own beside the number.")),
        Field(name="kind", label=gettext_lazy("Goods or service"), kind=FieldKind.CHOICE,
              synonyms=("type", "product type", "varetype", "produkttyp", "veids"),
              choices={
                  ProductKind.GOODS.value: ("goods", "product", "physical", "vare", "varer", "vara", "varor", "prece"),
                  ProductKind.SERVICE.value: ("service", "tjeneste", "tjänst", "pakalpojums"),
              }),
        Field(name="category", label=gettext_lazy("Category"), max_length=300,
              synonyms=("categories", "group", "product group", "kategori", "varegruppe", "produktgruppe", "varugrupp",
                        "kategorija", "grupa", "department", "avdeling")),
        Field(name="barcode", label=gettext_lazy("Barcode"), kind=FieldKind.KEY, max_length=64,
              synonyms=("ean", "gtin", "upc", "strekkode", "streckkod", "svītrkods", "ean-kode", "variant barcode")),
        Field(name="unit", label=gettext_lazy("Unit"), max_length=20,
              synonyms=("unit of measure", "uom", "enhet", "salgsenhet", "vienība", "mērvienība")),
        Field(name="vat_class", label=pgettext_lazy("product", "VAT"), kind=FieldKind.CHOICE,
              synonyms=("vat", "vat class", "tax", "tax class", "mva", "mva-kode", "moms", "momsklass", "pvn"),
              choices={
                  VatClass.STANDARD.value: ("standard", "normal", "high", "høy", "hög", "25", "25 %", "21", "21 %"),
                  VatClass.REDUCED.value: ("reduced", "redusert", "reducerad", "middels", "15", "15 %", "12", "12 %"),
                  VatClass.LOW.value: ("low", "lav", "låg", "6", "6 %", "5", "5 %"),
                  VatClass.ZERO.value: ("zero", "none", "fri", "ingen", "0", "0 %", "nav"),
              }),
        Field(name="description", label=gettext_lazy("Description"), max_length=5_000,
              synonyms=("long description", "body", "details", "produktbeskrivelse", "produktbeskrivning", "apraksts")),
    )  # fmt: skip
    example: ClassVar[tuple[dict[str, str], ...]] = (
        {"sku": "1001", "name": "Sencha 100 g", "category": "Tea / Green", "barcode": "7035620000010", "unit": "pcs"},
        {"sku": "S-20", "name": "Knife sharpening", "kind": "service"},
    )

    @property
    def undoers(self) -> tuple[Undoer, ...]:
        return (_UndoProducts(), _UndoRows(BARCODE, Barcode))

    def refusal(self, mapped: Collection[str]) -> str:
        return ""

    def start(self, terms: Terms, keys: Keys, journal: Journal) -> Importer:
        return _ProductImporter(terms, keys, journal)


class _PriceImporter:
    def __init__(self, terms: Terms, keys: Keys, journal: Journal) -> None:
        self._terms, self._journal = terms, journal
        self._directory = ProductDirectory(terms, keys, journal)
        self._imagined: set[tuple[int, str, datetime]] = set()

    def remember(self, lines: Sequence[Line]) -> None:
        """Nothing of a price depends on the prices before it."""

    def take(self, lines: Sequence[Line]) -> Tally:
        tally = Tally()
        ids = self._directory.ids({line.values["sku"] for line in lines})
        history = self._history(ids.values())
        names = dict(Product.objects.filter(pk__in=set(ids.values())).values_list("pk", "name"))
        new: dict[tuple[int, str, datetime], ListPrice] = {}
        changed: dict[int, tuple[ListPrice, int]] = {}
        for line in lines:
            given = line.values
            product = ids.get(given["sku"])
            currency = given["currency"] or self._terms.currency
            amount = minor(given["price"], currency)
            if product is None:
                tally.skip(line, _("No product here has this number."))
                continue
            if not 0 <= amount <= LARGEST_MINOR:
                tally.skip(line, _("A price cannot be below zero, nor endless."))
                continue
            starts = given["valid_from"] or self._terms.at
            place = (product, currency, starts)
            known = history.get(place)
            if place in new:
                tally.skip(line, _("This price stands in the file more than once; its first row counts."))
            elif known is not None:
                if known.amount == amount:
                    tally.unchanged += 1
                else:
                    changed[known.pk] = (known, amount)
                    tally.updated += 1
            elif given["valid_from"] is None and self._now(history, product, currency) == amount:
                tally.unchanged += 1
            else:
                new[place] = ListPrice(product_id=product, currency=currency, amount=amount, valid_from=starts)
                tally.created += 1
        if not self._terms.is_rehearsal:
            self._write(new.values(), changed, names)
        return tally

    def _history(self, products: Iterable[int]) -> dict[tuple[int, str, datetime], ListPrice]:
        wanted = sorted(set(products))
        return {
            (price.product_id, price.currency, price.valid_from): price
            for start in range(0, len(wanted), _AT_ONCE)
            for price in ListPrice.objects.filter(product__in=wanted[start : start + _AT_ONCE])
        }

    def _now(self, history: Mapping[tuple[int, str, datetime], ListPrice], product: int, currency: str) -> int | None:
        begun = [
            price
            for (owner, money, starts), price in history.items()
            if owner == product and money == currency and starts <= self._terms.at
        ]
        return max(begun, key=lambda price: price.valid_from).amount if begun else None

    def _write(
        self, new: Collection[ListPrice], changed: Mapping[int, tuple[ListPrice, int]], names: Mapping[int, str]
    ) -> None:
        rows = ListPrice.objects.bulk_create(new)
        self._journal.created(PRICE, [row.pk for row in rows])
        self._journal.updated(PRICE, {number: {"amount": price.amount} for number, (price, _new) in changed.items()})
        for price, amount in changed.values():
            price.amount = amount
        ListPrice.objects.bulk_update([price for price, _amount in changed.values()], ["amount"], batch_size=500)
        told = [*rows, *(price for price, _amount in changed.values())]
        publish_in_bulk(
            (
                (
                    ListPriceSet(
                        product_id=row.product_id,
                        product_name=names.get(row.product_id, ""),
                        amount=row.amount,
                        currency=row.currency,
                        valid_from=row.valid_from.isoformat(),
                    ),
                    None,
                )
                for row in told
            ),
            by=self._terms.by,
        )


@dataclass(frozen=True)
class PriceRecords:
    name: str = "prices"
    label: Any = gettext_lazy("Prices")
    sentence: Any = gettext_lazy("List prices of products known here, each from a day on.")
    group_by: str = ""
    also_labels: Mapping[str, Any] = field(default_factory=dict)
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="sku", label=gettext_lazy("Product number"), kind=FieldKind.KEY, is_required=True, max_length=200,
              synonyms=SKU_SYNONYMS),
        Field(name="price", label=gettext_lazy("Price"), kind=FieldKind.AMOUNT, is_required=True,
              synonyms=(*PRICE_SYNONYMS, "amount", "beløp", "belopp", "summa")),
        Field(name="currency", label=gettext_lazy("Currency"), kind=FieldKind.CURRENCY, synonyms=CURRENCY_SYNONYMS),
        Field(name="valid_from", label=gettext_lazy("Valid from"), kind=FieldKind.MOMENT,
              synonyms=("from", "start", "start date", "fra", "gyldig fra", "fra dato", "från", "giltig från", "no",
                        "spēkā no", "date", "dato", "datum", "datums")),
    )  # fmt: skip
    example: ClassVar[tuple[dict[str, str], ...]] = (
        {"sku": "1001", "price": "149.00", "currency": "NOK", "valid_from": "2026-01-01"},
    )

    @property
    def undoers(self) -> tuple[Undoer, ...]:
        return (_UndoRows(PRICE, ListPrice),)

    def refusal(self, mapped: Collection[str]) -> str:
        return ""

    def start(self, terms: Terms, keys: Keys, journal: Journal) -> Importer:
        return _PriceImporter(terms, keys, journal)


class _UndoProducts:
    kind = PRODUCT
    happenings = (ProductCreated.name, ProductChanged.name)
    key_kinds: tuple[str, ...] = ()

    def undo(self, changes: Sequence[Change], *, since: datetime) -> list[Kept]:
        ids = {change.object_id for change in changes}
        products = Product.objects.in_bulk(ids)
        touched = set(
            Happening.objects.filter(name__startswith="catalogue.", subject_id__in=ids, recorded_at__gte=since)
            .filter(actor_kind=ActorKind.STAFF)
            .values_list("subject_id", flat=True)
        )
        in_use = set(Product.objects.filter(pk__in=ids).exclude(order_lines=None).values_list("pk", flat=True)) | set(
            Product.objects.filter(pk__in=ids).exclude(return_lines=None).values_list("pk", flat=True)
        )
        kept: list[Kept] = []
        gone: list[int] = []
        for change in changes:
            product = products.get(change.object_id)
            if product is None:
                continue
            if product.pk in touched:
                kept.append(Kept(PRODUCT, product.pk, product.name, _("Somebody has changed it since.")))
            elif change.was_created and product.pk in in_use:
                kept.append(Kept(PRODUCT, product.pk, product.name, _("Purchases that stay are of this product.")))
            elif change.was_created:
                gone.append(product.pk)
            else:
                former = {name: value for name, value in change.before.items() if name != "version"}
                places = places_of(former.get("name", product.name), former.get("sku", product.sku))
                Product.objects.filter(pk=product.pk).update(**former, **places, version=F("version") + 1)
        delete_rows(Product, gone)
        return kept


@dataclass(frozen=True)
class _UndoRows:
    """Takes back rows that nobody edits by hand: they are there as they were imported, or gone."""

    kind: str
    model: type[Barcode] | type[ListPrice]
    happenings: tuple[str, ...] = ()
    key_kinds: tuple[str, ...] = ()

    def undo(self, changes: Sequence[Change], *, since: datetime) -> list[Kept]:
        self.model._default_manager.filter(
            pk__in=[change.object_id for change in changes if change.was_created]
        ).delete()
        for change in changes:
            if not change.was_created:
                self.model._default_manager.filter(pk=change.object_id).update(**change.before)
        return []


PRODUCTS: RecordType = ProductRecords()
PRICES: RecordType = PriceRecords()

"""The fields of a purchase line in a file, with the names that other systems and four languages give their columns."""

from django.utils.translation import gettext_lazy as _

from stamkunde.catalogue.imports import CURRENCY_SYNONYMS, PRICE_SYNONYMS, SKU_SYNONYMS
from stamkunde.customers.imports.directory import KEY_SYNONYMS
from stamkunde.kit.importing import Field, FieldKind
from stamkunde.sales.models import Channel

SALE, RETURN_KIND = "sale", "return"

FIELDS: tuple[Field, ...] = (
    Field(name="order", label=_("Receipt or order number"), kind=FieldKind.KEY, max_length=60,
          synonyms=("invoice no", "invoiceno", "invoice", "invoice number", "order", "order id", "order no",
                    "order number", "receipt", "receipt no", "receipt number", "transaction id", "bilag", "kvittering",
                    "kvitteringsnummer", "ordrenummer", "ordrenr", "fakturanummer", "bongnummer", "kvitto",
                    "kvittonummer", "ordernummer", "čeks", "čeka numurs", "pasūtījuma numurs", "rēķins",
                    "rēķina numurs", "purchase id"),
          hint=_("Lines with the same number are one purchase. Without it every row is a purchase of its own.")),
    Field(name="key", label=_("Key in the source"), kind=FieldKind.KEY, max_length=150,
          hint=_("Where the source has a key of its own for a purchase beside its number.")),
    Field(name="line", label=_("Line number"), kind=FieldKind.NUMBER,
          synonyms=("line no", "line number", "linjenummer", "linjenr", "radnummer", "rindas numurs")),
    Field(name="at", label=_("Bought on"), kind=FieldKind.MOMENT, is_required=True,
          synonyms=("invoice date", "invoicedate", "date", "order date", "purchase date", "timestamp", "created at",
                    "time", "datetime", "dato", "ordredato", "kjøpsdato", "salgsdato", "fakturadato", "datum",
                    "köpdatum", "orderdatum", "försäljningsdatum", "datums", "pirkuma datums", "date_time")),
    Field(name="customer", label=_("Customer"), kind=FieldKind.KEY, max_length=200,
          synonyms=KEY_SYNONYMS, hint=_("Rows without a customer become purchases of nobody in particular.")),
    Field(name="customer_name", label=_("Customer's name"), max_length=300,
          synonyms=("customer name", "kundenavn", "kundnamn", "klienta vārds", "buyer", "billing name", "name")),
    Field(name="customer_email", label=_("Customer's e-mail"), max_length=254,
          synonyms=("email", "customer email", "e-post", "epost", "e-pasts", "billing email")),
    Field(name="customer_country", label=_("Customer's country"), kind=FieldKind.COUNTRY, unknown_is_blank=True,
          synonyms=("country", "land", "valsts", "billing country")),
    Field(name="product", label=_("Product number"), kind=FieldKind.KEY, max_length=60, synonyms=SKU_SYNONYMS),
    Field(name="description", label=_("What was bought"), max_length=1_000,
          synonyms=("description", "product name", "item name", "product", "beskrivelse", "varenavn", "vare",
                    "artikkel",
                    "beskrivning", "produkt", "vara", "artikel", "apraksts", "prece", "preces nosaukums", "title",
                    "lineitem name")),
    Field(name="quantity", label=_("Quantity"), kind=FieldKind.NUMBER,
          synonyms=("qty", "number of cds", "number_of_cds", "units", "count", "antall", "ant", "mengde", "stk",
                    "antal",
                    "mängd", "daudzums", "skaits", "pieces", "lineitem quantity")),
    Field(name="price", label=_("Price of one"), kind=FieldKind.AMOUNT, synonyms=(*PRICE_SYNONYMS, "lineitem price")),
    Field(name="amount", label=_("Amount of the line"), kind=FieldKind.AMOUNT,
          synonyms=("line total", "total", "sum", "dollar value", "dollar_value", "value", "sales", "revenue",
                    "net sales",
                    "beløp", "linjesum", "totalt", "omsetning", "belopp", "radsumma", "summa", "kopā", "linetotal")),
    Field(name="discount", label=_("Discount on the line"), kind=FieldKind.AMOUNT,
          synonyms=("discount amount", "rabatt", "rabattbeløp", "rabattbelopp", "atlaide", "line discount")),
    Field(name="currency", label=_("Currency"), kind=FieldKind.CURRENCY, is_never_blank=True,
          synonyms=CURRENCY_SYNONYMS),
    Field(name="vat_rate", label=_("VAT in percent"), kind=FieldKind.NUMBER,
          synonyms=("vat rate", "vat", "tax rate", "mva", "mva-sats", "mva %", "moms", "momssats", "moms %", "pvn",
                    "pvn %")),
    Field(name="rounding", label=_("Rounding in cash"), kind=FieldKind.AMOUNT,
          synonyms=("cash rounding", "rounding amount", "avrunding", "øreavrunding", "öresavrundning", "avrundning",
                    "öresutjämning", "noapaļošana"),
          hint=_("What cash added to the purchase, or took off it; on one of its lines.")),
    Field(name="kind", label=_("Purchase or return"), kind=FieldKind.CHOICE,
          synonyms=("type", "transaction type", "transaksjonstype", "typ", "veids"),
          choices={
              SALE: ("sale", "purchase", "order", "invoice", "salg", "kjøp", "köp", "försäljning", "pirkums",
                     "pārdošana", "faktura"),
              RETURN_KIND: ("return", "refund", "credit", "credit note", "cancellation", "retur", "kreditnota",
                            "refusjon", "återköp", "kredit", "atgriešana", "atgriezts", "kredītrēķins"),
          }),
    Field(name="channel", label=_("Channel"), kind=FieldKind.CHOICE,
          synonyms=("sales channel", "kanal", "kanāls", "salgskanal"),
          choices={
              Channel.SHOP.value: ("shop", "store", "pos", "butikk", "butik", "veikals", "in store"),
              Channel.PHONE.value: ("phone", "telephone", "telefon", "tālrunis"),
              Channel.WEB.value: ("web", "online", "nett", "nettbutikk", "webb", "e-handel", "tīmeklis", "internets"),
          }),
    Field(name="store", label=_("Store"), max_length=120,
          synonyms=("shop", "location", "branch", "butikk", "butik", "avdeling", "filial", "veikals", "store name")),
)  # fmt: skip

EXAMPLE: tuple[dict[str, str], ...] = (
    {
        "order": "5001", "at": "2026-03-14 10:42", "customer": "1001", "product": "1001",
        "description": "Sencha 100 g", "quantity": "2", "price": "149.00",
    },
    {
        "order": "5002", "at": "2026-03-20 15:05", "customer": "1001", "product": "1001",
        "description": "Sencha 100 g", "quantity": "-1", "price": "149.00",
    },
)  # fmt: skip

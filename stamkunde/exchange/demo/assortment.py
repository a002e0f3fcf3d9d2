"""What the demo shop sells: prices in Norwegian kroner, how often a thing is wanted, and after how many days again."""

from dataclasses import dataclass

from stamkunde.catalogue.models import ProductKind, VatClass


@dataclass(frozen=True)
class Ware:
    """A thing or a service; `days` is how long it lasts, 0 for what is bought once; `returned` in how many of 1,000."""

    sku: str
    name: str
    shelf: str
    price: int
    weight: int
    days: int = 0
    returned: int = 10
    vat_class: str = VatClass.STANDARD
    kind: str = ProductKind.GOODS


def _food(shelf: str, number: int, days: int, *rows: tuple[str, int, int]) -> list[Ware]:
    return [
        Ware(f"{number + place}", name, shelf, price, weight, days, 3, VatClass.REDUCED)
        for place, (name, price, weight) in enumerate(rows)
    ]


def _goods(shelf: str, number: int, returned: int, *rows: tuple[str, int, int]) -> list[Ware]:
    return [
        Ware(f"{number + place}", name, shelf, price, weight, 0, returned)
        for place, (name, price, weight) in enumerate(rows)
    ]


COFFEE, TEA, BREWING, GRINDERS, TABLE, KITCHEN, CARE, SWEETS, SERVICES = (
    "Kaffe", "Te", "Trakting", "Kverner", "Til bords", "Kjøkken", "Rens og stell", "Søtt til kaffen", "Tjenester",
)  # fmt: skip

WARES: tuple[Ware, ...] = (
    *_food(
        COFFEE, 1001, 24,
        ("Espressobønner 1 kg", 329, 90), ("Husets filterkaffe 500 g", 149, 100), ("Etiopia Yirgacheffe 250 g", 129, 55),
        ("Kenya Nyeri 250 g", 139, 40), ("Colombia Huila 250 g", 119, 48), ("Guatemala Antigua 250 g", 125, 30),
        ("Brasil Cerrado 1 kg", 289, 35), ("Koffeinfri 250 g", 115, 22), ("Kokemalt 500 g", 139, 44),
        ("Julekaffe 250 g", 135, 12), ("Kaldbrygg 4 poser", 99, 14), ("Kapsler, 50 stk.", 219, 26),
        ("Nicaragua Jinotega 250 g", 129, 18), ("Sumatra Lintong 250 g", 132, 12),
    ),
    *_food(
        TEA, 1101, 38,
        ("Earl Grey 100 g", 89, 60), ("Darjeeling First Flush 100 g", 149, 26), ("Sencha 100 g", 119, 34),
        ("Rooibos vanilje 100 g", 85, 30), ("Jasminte 100 g", 109, 22), ("Ingefær og sitron 20 poser", 69, 40),
        ("Assam 100 g", 95, 24), ("Matcha 30 g", 229, 18), ("Kamille 20 poser", 59, 26), ("Lapsang Souchong 100 g", 119, 10),
        ("Skogsbær 100 g", 85, 28), ("Kalenderte, 24 poser", 249, 5),
    ),
    *_food(
        SWEETS, 1201, 0,
        ("Kvæfjordkake i boks", 189, 12), ("Cantuccini 250 g", 79, 34), ("Mørk sjokolade 70 % 100 g", 65, 48),
        ("Lakriskonfekt 200 g", 95, 22), ("Pepperkaker 300 g", 69, 12), ("Honning fra Lofoten 350 g", 149, 20),
        ("Marmelade, bringebær 300 g", 89, 18), ("Havrekjeks 200 g", 49, 30),
    ),
    *_goods(
        BREWING, 2001, 22,
        ("Kaffetrakter Moccamaster", 2690, 10), ("Espressomaskin Lelit Anna", 6490, 5), ("Espressomaskin Sage Bambino", 4290, 6),
        ("Presskanne 8 kopper", 449, 20), ("Traktekolbe V60", 299, 24), ("Aeropress", 449, 18), ("Mokkakanne 6 kopper", 399, 16),
        ("Svanehalskjele 1 l", 899, 12), ("Melkeskummer", 649, 15), ("Tekanne 1,2 l", 549, 22), ("Tekule, stål", 89, 26),
        ("Vekt med tidtaker", 699, 10), ("Kaldbryggkanne 1 l", 379, 8),
    ),
    *_goods(
        GRINDERS, 2101, 28,
        ("Kaffekvern Wilfa Svart", 1248, 14), ("Kaffekvern Comandante C40", 2790, 6), ("Håndkvern Hario", 549, 10),
        ("Kaffekvern Baratza Encore", 1990, 7), ("Kvernstein, reserve", 449, 4),
    ),
    *_goods(
        TABLE, 2201, 18,
        ("Kopp, steintøy", 179, 50), ("Espressokopp, 2 stk.", 249, 30), ("Termokopp 0,35 l", 329, 36), ("Termos 1 l", 499, 20),
        ("Skjeer, 6 stk.", 299, 14), ("Sukkerskål", 199, 10), ("Melkemugge", 229, 12), ("Duk, lin", 599, 8),
        ("Glass, dobbeltvegget 2 stk.", 279, 22), ("Skål, håndlaget", 349, 14), ("Serveringsbrett, eik", 449, 12),
        ("Lysestake, messing", 399, 9),
    ),
    *_goods(
        KITCHEN, 2301, 16,
        ("Kokkekniv 20 cm", 1290, 8), ("Brødkniv", 799, 8), ("Skjærebrett, bøk", 449, 16), ("Stekepanne, støpejern", 990, 9),
        ("Kjøkkenvekt", 399, 14), ("Oppbevaringsboks 1 l", 149, 26), ("Brødform", 249, 12), ("Forkle, lin", 449, 12),
        ("Kjøkkenhåndkle, 2 stk.", 199, 30), ("Pepperkvern", 549, 12),
    ),
    *[
        Ware(str(2401 + place), name, CARE, price, weight, days, 4)
        for place, (name, price, weight, days) in enumerate((
            ("Avkalkingsmiddel", 119, 40, 90), ("Rensetabletter, 10 stk.", 149, 26, 100), ("Filterpapir, 100 stk.", 49, 70, 60),
            ("Vannfilter", 189, 22, 75), ("Kvernrens 250 g", 129, 14, 120), ("Pakningssett", 199, 6, 300),
            ("Melkerens 500 ml", 139, 12, 90),
        ))
    ],
    *[
        Ware(str(9001 + place), name, SERVICES, price, weight, days, 1, VatClass.STANDARD, ProductKind.SERVICE)
        for place, (name, price, weight, days) in enumerate((
            ("Service av espressomaskin", 990, 9, 365), ("Service av kaffetrakter", 490, 6, 365), ("Sliping av kniver", 149, 12, 180),
            ("Kaffekurs for to", 1190, 5, 0), ("Gravering", 199, 5, 0), ("Innpakking og kort", 49, 26, 0),
            ("Utkjøring i byen", 99, 14, 0),
        ))
    ],
)  # fmt: skip

STORES: tuple[tuple[str, str, str, str], ...] = (
    ("Majorstuen", "NO", "NOK", "Europe/Oslo"),
    ("Grünerløkka", "NO", "NOK", "Europe/Oslo"),
    ("Bergen", "NO", "NOK", "Europe/Oslo"),
    ("Södermalm", "SE", "SEK", "Europe/Stockholm"),
    ("Rīgas Centrs", "LV", "EUR", "Europe/Riga"),
    ("Nettbutikken", "NO", "NOK", "Europe/Oslo"),
)


def price_in(ware: Ware, currency: str) -> int:
    """Return a ware's price in minor units, ending as prices in the country end."""
    if currency == "SEK":
        return ware.price * 100
    if currency == "EUR":
        return max(round(ware.price * 0.085), 1) * 100 - 10
    return ware.price * 100

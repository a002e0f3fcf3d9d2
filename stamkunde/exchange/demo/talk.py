"""What staff of the demo shop have noted about its people, each in the language they speak with them."""

import random

from stamkunde.exchange.demo.people import Person

_COMPANIES = {
    "nb": ("{name} Bakeri AS", "Kafé {name}", "{name} Arkitekter AS", "{name} Tannklinikk"),
    "sv": ("{name} Bageri AB", "Café {name}", "{name} Konsult AB", "Hotell {name}"),
    "lv": ("SIA {name}", "Kafejnīca {name}", "{name} un partneri SIA", "Viesu nams {name}"),
}

_TRAITS = {
    "nb": (
        ("likes", "Liker lys brent kaffe"), ("likes", "Samler på håndlagde kopper"), ("allergy", "Tåler ikke nøtter"),
        ("allergy", "Laktoseintolerant"), ("buys_for", "Handler ofte for moren sin"), ("buys_for", "Kjøper inn til kontoret"),
        ("reached", "Helst SMS, ikke før klokka ti"), ("reached", "Ring gjerne, hører dårlig"), ("size", "Forkle: medium"),
        ("other", "Kommer med førerhund"), ("other", "Har Lelit Anna, kjøpt hos oss"),
    ),
    "sv": (
        ("likes", "Gillar mörkrostat"), ("likes", "Dricker helst te på kvällen"), ("allergy", "Tål inte nötter"),
        ("buys_for", "Handlar till sin dotter i Uppsala"), ("buys_for", "Köper till arbetsplatsen"),
        ("reached", "Hellre e-post än telefon"), ("size", "Förkläde: stor"), ("other", "Vill alltid ha malet för bryggare"),
    ),
    "lv": (
        ("likes", "Patīk viegla grauzdējuma kafija"), ("likes", "Krāj rokām darinātas krūzes"),
        ("allergy", "Alerģija pret riekstiem"), ("buys_for", "Pērk arī mammai"), ("buys_for", "Pērk birojam"),
        ("reached", "Labāk īsziņa, ne pirms desmitiem"), ("size", "Priekšauts: M"), ("other", "Lūdz malt presskannai"),
    ),
}  # fmt: skip

STAFF = {
    "en": ("Anna Vik", "Ola Nes"),
    "nb": ("Anna Vik", "Ola Nes"),
    "sv": ("Maja Lind", "Nils Ek"),
    "lv": ("Līga Ozola", "Pēteris Kalns"),
}

_NOTES = {
    "en": (
        "Moved here last year, is glad when we speak English.",
        "Asked for a grinder by Christmas; tell when the Comandante is in stock.",
        "Would like to know when the new filter coffee comes.",
    ),
    "nb": (
        "Spurte etter ny kvern til jul, si fra når Comandante er på lager.",
        "Fornøyd med servicen på espressomaskinen.",
        "Vil ha beskjed når den nye filterkaffen kommer.",
        "Lurte på om vi holder kurs i latte art.",
    ),
    "sv": (
        "Frågade efter en ny kvarn, hör av dig när Comandante finns i lager.",
        "Nöjd med servicen på espressomaskinen.",
        "Vill veta när det nya bryggkaffet kommer.",
    ),
    "lv": (
        "Interesējās par jaunām dzirnaviņām; paziņot, kad būs Comandante.",
        "Apmierināta ar espresso automāta apkopi.",
        "Lūdza paziņot, kad atnāks jaunā filtra kafija.",
    ),
}


def company(person: Person, chance: random.Random) -> str:
    return chance.choice(_COMPANIES[person.language]).format(name=person.family_name)


def traits(language: str, chance: random.Random) -> list[tuple[str, str]]:
    """Return what is good to know of somebody: mostly nothing, sometimes one thing, seldom two."""
    return chance.sample(_TRAITS[language], k=chance.choices((0, 1, 2), (60, 30, 10))[0])


def note(language: str, chance: random.Random) -> str:
    return chance.choice(_NOTES.get(language, _NOTES["nb"]))

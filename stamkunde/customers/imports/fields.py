"""The fields of a customer in a file, with the names that other systems and four languages give their columns."""

from django.utils.translation import gettext_lazy as _

from stamkunde.customers.imports.agreement import CHANNEL_FIELDS
from stamkunde.customers.imports.directory import KEY_SYNONYMS
from stamkunde.customers.models import CustomerKind, CustomField, CustomFieldKind
from stamkunde.kit.importing import Field, FieldKind

# One column of these is the telephone; a file with two of them, such as Telefon and Mobil, has a second as well.
PHONES = (
    "phone number", "telephone number", "mobile", "mobile phone", "cell", "telefon", "tlf", "mobil", "mobiltelefon",
    "telefonnummer", "mobilnummer", "tālrunis", "telefons", "mob", "phone 1", "tel", "mobilais", "mobilais tālrunis",
    "phone", "telephone",
)  # fmt: skip

FIELDS: tuple[Field, ...] = (
    Field(name="key", label=_("Key in the source"), kind=FieldKind.KEY, max_length=200,
          synonyms=("id", "uid", "source key", *KEY_SYNONYMS),
          hint=_("The number by which the other system knows the customer; with it a second import updates.")),
    Field(name="given_name", label=_("Given name"), max_length=200,
          synonyms=("first name", "firstname", "forename", "fornavn", "förnamn", "vārds")),
    Field(name="family_name", label=_("Family name"), max_length=200,
          synonyms=("last name", "lastname", "surname", "etternavn", "efternamn", "uzvārds", "slektsnavn")),
    Field(name="full_name", label=_("Full name"), max_length=300,
          synonyms=("name", "customer name", "fullname", "navn", "kundenavn", "namn", "kundnamn", "fullt navn",
                    "vārds uzvārds", "vārds, uzvārds", "klienta vārds", "customer", "kunde", "kund", "pircējs")),
    Field(name="preferred_name", label=_("Is called"), max_length=200,
          synonyms=("nickname", "preferred name", "kallenavn", "tilltalsnamn", "smeknamn", "iesauka")),
    Field(name="former_name", label=_("Former name"), max_length=2_000,
          synonyms=("maiden name", "previous name", "tidligere navn", "pikenavn", "tidigare namn", "dzimtais uzvārds")),
    Field(name="company_name", label=_("Company"), max_length=200,
          synonyms=("company name", "organisation", "organization", "firma", "firmanavn", "bedrift", "företag",
                    "bolag", "uzņēmums", "org")),
    Field(name="company_number", label=_("Company number"), kind=FieldKind.KEY, max_length=40,
          synonyms=("organisation number", "org number", "orgnr", "org.nr", "organisasjonsnummer", "vat number",
                    "organisationsnummer", "reģistrācijas numurs", "reg nr")),
    Field(name="kind", label=_("Person or company"), kind=FieldKind.CHOICE, unknown_is_blank=True,
          synonyms=("type", "customer type", "kundetype", "kundtyp", "veids"),
          choices={
              CustomerKind.PERSON.value: ("person", "private", "privat", "individual", "b2c", "persona"),
              CustomerKind.COMPANY.value: ("company", "business", "firma", "bedrift", "företag", "b2b", "uzņēmums"),
          }),
    Field(name="title", label=_("Title"), max_length=60, synonyms=("salutation", "tittel", "titel", "tituls")),
    Field(name="language", label=_("Language"), kind=FieldKind.LANGUAGE,
          synonyms=("locale", "språk", "valoda", "preferred language")),
    Field(name="birth_date", label=_("Date of birth"), kind=FieldKind.DATE,
          synonyms=("birthday", "birth date", "birthdate", "dob", "fødselsdato", "født", "bursdag", "födelsedatum",
                    "född", "dzimšanas datums", "dzimšanas diena")),
    Field(name="email", label=_("E-mail"), max_length=254,
          synonyms=("email", "e-mail address", "email address", "mail", "epost", "e-post", "e-postadresse",
                    "e-postadress", "e-pasts", "epasts", "email 1")),
    Field(name="email_2", label=_("Second e-mail"), max_length=254,
          synonyms=("email 2", "other email", "alternative email", "e-post 2", "e-pasts 2")),
    Field(name="phone", label=_("Telephone"), kind=FieldKind.KEY, max_length=60,
          synonyms=PHONES),
    Field(name="phone_2", label=_("Second telephone"), kind=FieldKind.KEY, max_length=60,
          synonyms=("phone 2", "home phone", "telefon 2", "hjemmetelefon", "hemtelefon", "tālrunis 2", "work phone",
                    "arbetstelefon", "mājas tālrunis", *PHONES)),
    Field(name="phone_3", label=_("Third telephone"), kind=FieldKind.KEY, max_length=60,
          synonyms=("phone 3", "telefon 3", "arbeidstelefon", "tālrunis 3", "darba tālrunis", "work phone",
                    "arbetstelefon", "home phone", "hjemmetelefon", "hemtelefon", *PHONES)),
    Field(name="care_of", label=_("Care of"), max_length=120, synonyms=("c/o", "co", "co address")),
    Field(name="street", label=_("Street"), max_length=200,
          synonyms=("address", "address 1", "address1", "street address", "adresse", "gateadresse", "adress",
                    "gatuadress", "adrese", "iela", "gate", "gata", "address line 1")),
    Field(name="postcode", label=_("Postcode"), kind=FieldKind.KEY, max_length=20,
          synonyms=("zip", "zip code", "postal code", "postnummer", "postnr", "pasta indekss", "indekss")),
    Field(name="town", label=_("Town"), max_length=120,
          synonyms=("city", "place", "poststed", "by", "sted", "ort", "postort", "stad", "pilsēta", "vieta")),
    Field(name="country", label=_("Country"), kind=FieldKind.COUNTRY,
          synonyms=("country code", "land", "landkode", "landskod", "valsts", "valsts kods")),
    Field(name="greeting", label=_("Greeting"), max_length=200, synonyms=("hilsen", "hälsning", "uzruna")),
    Field(name="traits", label=_("Good to know"), max_length=5_000,
          hint=_("Several stand on lines of their own, such as “allergy: nuts”.")),
    Field(name="other_contacts", label=_("Further contact points"), max_length=2_000,
          hint=_("Each on a line of its own, such as “email: kari@example.com”.")),
    Field(name="other_addresses", label=_("Further addresses"), max_length=5_000,
          hint=_("Each on a line of its own: street; postcode; town; country.")),
    Field(name="customer_since", label=_("Customer since"), kind=FieldKind.MOMENT,
          synonyms=("created", "created at", "since", "member since", "registered", "opprettet", "kunde siden",
                    "skapad",
                    "kund sedan", "reģistrēts", "klients kopš", "signup date")),
    Field(name="note", label=_("Note"), max_length=10_000,
          synonyms=("notes", "comment", "comments", "remarks", "notat", "merknad", "kommentar", "anteckning", "piezīme",
                    "piezīmes")),
    *CHANNEL_FIELDS,
)  # fmt: skip

EXAMPLE: tuple[dict[str, str], ...] = (
    {
        "key": "1001", "given_name": "Kari", "family_name": "Nordmann", "email": "kari@example.com",
        "phone": "+47 22 00 00 00", "street": "Storgata 1", "postcode": "0155", "town": "Oslo", "country": "NO",
        "birth_date": "1980-05-17", "language": "nb", "consent_email": "yes",
    },
    {"key": "1002", "company_name": "Bērziņš un dēli", "country": "LV", "language": "lv"},
)  # fmt: skip


def custom_fields() -> tuple[Field, ...]:
    """The shop's own fields, found by their name or their key."""
    kinds = {CustomFieldKind.NUMBER: FieldKind.KEY, CustomFieldKind.DATE: FieldKind.KEY}
    return tuple(
        Field(
            name=f"custom:{one.key}",
            label=one.label,
            kind=kinds.get(CustomFieldKind(one.kind), FieldKind.TEXT),
            synonyms=(one.key,),
            max_length=500,
        )
        for one in CustomField.objects.all()
    )

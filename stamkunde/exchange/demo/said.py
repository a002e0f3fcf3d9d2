"""What is written to the demo shop and answered by it, in the languages of its customers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class About:
    """A first mail: its subject and text, and which of the demo's tags fits it."""

    subject: str
    text: str
    tag: int


ASKED = {
    "nb": (
        About("Kvernen bråker", "Hei!\n\nKvernen jeg kjøpte hos dere i høst har begynt å bråke, og den maler ujevnt. Kan jeg komme innom med den på lørdag?", 0),
        About("Pakken er ikke kommet", "Hei, jeg bestilte kaffe forrige uke og har fortsatt ikke fått den. Sporingen har stått stille siden tirsdag. Hvor er den?", 1),
        About("Feil vare i pakken", "Jeg fikk presskanne i stedet for trakter. Nå har jeg skrevet to ganger uten å få svar. Hva skjer?", 2),
        About("Plasser på kurset?", "Har dere ledige plasser på kaffekurset i mars? Vi er tre stykker.", 3),
        About("Fast levering til kontoret", "Vi er tjue på jobb og vil gjerne ha kaffe levert hver måned. Kan dere sende et tilbud?", 4),
        About("Bytte gavekort?", "Jeg fikk et gavekort til jul. Kan det brukes i nettbutikken også?", 2),
    ),
    "sv": (
        About("Kvarnen krånglar", "Hej,\n\nkvarnen som jag köpte i somras stannar mitt i. Kan ni laga den, eller ska jag skicka in den någonstans?", 0),
        About("Var är mitt paket?", "Hej! Jag beställde för tio dagar sedan och har inte hört något. Kan ni kolla?", 1),
        About("Trasig kopp", "En av kopparna var sprucken när jag packade upp. Får jag en ny?", 2),
        About("Kurs i latte art", "Har ni någon kurs i vår? Jag skulle vilja ge bort en till min syster.", 3),
        About("Faktura till företaget", "Vi skulle behöva en faktura på köpet i torsdags, ställd till vårt företag.", 4),
    ),
    "lv": (
        About("Dzirnaviņas nestrādā", "Labdien!\n\nPie jums pirktās dzirnaviņas vairs neieslēdzas. Vai varu tās atnest uz veikalu?", 0),
        About("Kur ir mans sūtījums?", "Sveiki, pasūtīju kafiju pirms nedēļas, bet tā vēl nav pienākusi. Vai varat pārbaudīt?", 1),
        About("Saplīsusi krūze", "Izsaiņojot atklāju, ka viena krūze ir ieplaisājusi. Kā rīkoties?", 2),
        About("Kafijas kurss", "Vai martā vēl ir brīvas vietas kafijas kursā? Mēs būtu divi.", 3),
        About("Kafija birojam", "Vēlētos ik mēnesi saņemt kafiju birojam, apmēram četrus kilogramus. Kādas būtu cenas?", 4),
    ),
    "en": (
        About("The grinder is loud", "Hello,\n\nthe grinder I bought from you has become very loud, and the coffee comes out uneven. May I bring it in on Saturday?", 0),
        About("My parcel has not come", "Hi, I ordered last week and nothing has arrived. Where is it?", 1),
        About("Wrong filter papers", "You sent the large papers and I need the small ones. This is the second time. Please put it right.", 2),
        About("A place on the course?", "Is there still a place on the coffee course in March?", 3),
    ),
}  # fmt: skip

ANSWERS = {
    "nb": (
        "Hei {name}!\n\nTakk for at du skrev. Så leit at dette skjedde; jeg ordner det i dag og sier fra når det er gjort.\n\nHilsen {me}",
        "Hei {name}!\n\nJeg har sett på det, og du skal ikke behøve å vente lenger. Den er hos deg på torsdag.\n\nHilsen {me}",
    ),
    "sv": (
        "Hej {name}!\n\nTack för att du skrev. Det ska du inte behöva råka ut för; jag ordnar det i dag.\n\nHälsningar {me}",
        "Hej {name}!\n\nJag har tittat på det. Du får besked av mig senast i morgon.\n\nHälsningar {me}",
    ),
    "lv": (
        "Labdien, {name}!\n\nPaldies, ka uzrakstījāt. Ļoti atvainojamies; nokārtošu to jau šodien.\n\nAr cieņu,\n{me}",
        "Labdien, {name}!\n\nEsmu pārbaudījis, un ceturtdien viss būs pie jums.\n\nAr cieņu,\n{me}",
    ),
    "en": (
        "Hello {name},\n\nthank you for writing. I am sorry that this happened; I see to it today and tell you when it is done.\n\nBest wishes,\n{me}",
    ),
}  # fmt: skip

THANKS = {
    "nb": ("Tusen takk, det var raskt!", "Flott, da venter jeg til torsdag."),
    "sv": ("Tack snälla, vad snabbt det gick!", "Perfekt, då vet jag."),
    "lv": ("Liels paldies, tik ātri!", "Lieliski, tad gaidu ceturtdienu."),
    "en": ("Thank you, that was quick!", "Great, I wait until Thursday then."),
}

NOTES = {
    "nb": ("Ringte også i går, var ganske oppgitt. Vær rask.", "Har kjøpt den samme kvernen to ganger. Reservedelen ligger på verkstedet."),
    "sv": ("Ringde i går också och var rätt upprörd.", "Reservdelen är beställd, kommer på fredag."),
    "lv": ("Vakar arī zvanīja, bija diezgan neapmierināta.", "Rezerves daļa pasūtīta, būs piektdien."),
    "en": ("Called yesterday as well and was rather upset.",),
}  # fmt: skip

REPLIES = (
    (
        "Delivery is on its way",
        {
            "nb": "Hei {name}!\n\nPakken din er på vei og skal være hos deg om et par dager.\n\nHilsen {me}, {shop}",
            "sv": "Hej {name}!\n\nDitt paket är på väg och ska vara hos dig om ett par dagar.\n\nHälsningar {me}, {shop}",
            "lv": "Labdien, {name}!\n\nJūsu sūtījums ir ceļā un būs pie jums pāris dienu laikā.\n\nAr cieņu,\n{me}, {shop}",
            "en": "Hello {name},\n\nyour parcel is on its way and reaches you within a few days.\n\nBest wishes,\n{me}, {shop}",
        },
    ),
    (
        "Bring it in for repair",
        {
            "nb": "Hei {name}!\n\nTa den med til oss, så ser verkstedet på den mens du venter. Nummeret på saken er {number}.\n\nHilsen {me}",
            "sv": "Hej {name}!\n\nTa med den till oss, så tittar verkstaden på den medan du väntar. Numret är {number}.\n\nHälsningar {me}",
            "lv": "Labdien, {name}!\n\nAtnesiet to pie mums, un darbnīca to apskatīs uzreiz. Numurs ir {number}.\n\nAr cieņu,\n{me}",
            "en": "Hello {name},\n\nbring it in and our workshop looks at it while you wait. The number is {number}.\n\nBest wishes,\n{me}",
        },
    ),
    (
        "We are sorry",
        {
            "nb": "Hei {name}!\n\nDette skulle ikke ha skjedd, og det beklager vi. Slik ordner vi det: ",
            "sv": "Hej {name}!\n\nDet här skulle inte ha hänt, och vi ber om ursäkt. Så här ordnar vi det: ",
            "lv": "Labdien, {name}!\n\nTam nevajadzēja notikt, un mēs atvainojamies. Lūk, kā to labosim: ",
            "en": "Hello {name},\n\nthis should not have happened, and we are sorry. This is how we put it right: ",
        },
    ),
)  # fmt: skip

"""The common names of Norway, Sweden and Latvia, the commonest first, and the parts that rarer ones are made of."""

GIVEN = {
    "nb": (
        "Anne Inger Kari Marit Ingrid Liv Eva Anna Maria Ida Hilde Berit Nina Marianne Elisabeth Kristin Bente "
        "Heidi Silje Hanne Linda Tone Tove Wenche Camilla Elin Marie Emma Julie Ellen Grete Randi Mona Ingeborg "
        "Solveig Ellinor Trine Monica Ragnhild Kristine Astrid Hege Mette Line Gunn Thea Nora Karoline Lene Sissel "
        "Siri Laila Karin Stine Åse Bjørg Vigdis Turid Unni Gerd Borghild Åshild Oddny Synnøve Målfrid Aslaug "
        "Torunn Gudrun Sigrid Rikke Frida Maja Sofie Sara Amalie Vilde Tuva Oda Ronja Guro Runa Eline Mathilde "
        "Jenny Selma Leah Ylva Ane Ragna Jorunn Jan Per Bjørn Ole Lars Kjell Knut Arne Svein Thomas Hans Geir Tor "
        "Morten Terje Odd Erik Martin Andreas John Anders Rune Trond Tore Daniel Jon Kristian Marius Fredrik Tom "
        "Stian Harald Olav Magnus Håkon Øyvind Rolf Nils Leif Alexander Espen Henrik Einar Jonas Gunnar Christian "
        "Øystein Kåre Helge Frode Roger Kristoffer Tommy Sverre Sindre Ivar Stig Mathias Eirik Steinar Jakob Dag "
        "Emil Sander Petter Torbjørn Oskar Håvard Kenneth Sigurd Ola Halvor Asbjørn Jostein Vegard Eivind Simen "
        "Arvid Ragnar Roy Kim Bjarne Egil Finn Arild Bård Åge Ståle Kjetil Ketil Gaute Brage Torgeir Mohammed Ali "
        "Aisha Fatima Piotr Agnieszka Katarzyna Tomasz Omar Hassan Nguyen Minh"
    ),
    "sv": (
        "Maria Anna Margareta Elisabeth Eva Kristina Birgitta Karin Elisabet Marie Ingrid Christina Sofia Linnéa "
        "Kerstin Marianne Lena Helena Inger Johanna Linda Susanne Inga Sara Cecilia Elin Ulla Anita Gunilla Louise "
        "Ulrika Emma Malin Viktoria Ida Annika Monica Sonja Barbro Åsa Katarina Jenny Ann-Marie Julia Hanna Ann "
        "Camilla Therese Astrid Yvonne Amanda Emelie Ebba Alva Frida Agneta Siv Gun Britt Ellinor Pernilla Märta "
        "Ylva Tyra Signe Tove Agnes Alice Görel Berit Ann-Sofie Ann-Christin Maj-Britt Gunnel Lisbeth Solveig Rut "
        "Majken Erik Lars Karl Anders Johan Per Nils Carl Mikael Jan Hans Peter Olof Lennart Gunnar Sven Fredrik "
        "Bengt Daniel Bo Gustav Göran Åke Alexander Magnus Martin Andreas Stefan John Leif Björn Thomas Mats "
        "Henrik Ulf Jonas Bertil Axel Christer Oskar Stig David Robert Kjell Emil Mattias Viktor Christian Ingemar "
        "Håkan Rolf Tommy Patrik Jörgen Joakim Kent Roger Rickard William Simon Sebastian Anton Hugo Rune Gösta "
        "Roland Filip Claes Tobias Ove Niklas Elias Pontus Jesper Kenneth Kurt Torbjörn Lars-Erik Karl-Johan "
        "Per-Olof Sixten Börje Folke Ragnar Håkan Östen Mohamed Ahmed Ali Fatima Zahra Layla Nadia Dragan Jasmina "
        "Piotr"
    ),
    "lv": (
        "Anna Kristīne Inese Ilze Inga Līga Dace Anita Iveta Marija Ilona Kristīna Baiba Sandra Aija Laura Zane "
        "Jana Ieva Agnese Daiga Sanita Evita Elīna Santa Gunta Vija Valentīna Ināra Ligita Ilga Rita Aina Maija "
        "Velta Skaidrīte Mārīte Biruta Austra Dzidra Ruta Daina Sarmīte Silvija Solvita Sintija Linda Signe Madara "
        "Katrīna Elza Paula Annija Evelīna Undīne Ļubova Tatjana Jeļena Svetlana Natālija Irina Olga Ludmila "
        "Gaļina Nadežda Jūlija Jānis Andris Juris Edgars Māris Pēteris Mārtiņš Aivars Aleksandrs Andrejs Artūrs "
        "Kārlis Guntis Ivars Valdis Raivis Dainis Vladimirs Sergejs Kaspars Gatis Raimonds Normunds Uldis Arturs "
        "Kristaps Modris Imants Ainārs Roberts Viktors Aigars Edvīns Ēriks Oskars Gints Rihards Arvīds Dzintars "
        "Ojārs Zigmunds Viesturs Agris Ģirts Reinis Toms Krišjānis Jēkabs Matīss Emīls Gustavs Ralfs Markuss "
        "Miķelis Rūdolfs Voldemārs Ņikita Iļja Dmitrijs Jurijs Oļegs Aleksejs Mihails Igors Nikolajs Valērijs "
        "Staņislavs Vitālijs Jevgeņijs"
    ),
}

# Names that several people of one shop have, as a counter knows them; each country's best known one is among them.
NAMESAKES = {
    "nb": (
        ("Kari", "Nordmann"),
        ("Anne", "Hansen"),
        ("Jan", "Johansen"),
        ("Ola", "Nordmann"),
        ("Inger", "Olsen"),
        ("Bjørn", "Larsen"),
    ),
    "sv": (
        ("Anna", "Andersson"),
        ("Lars", "Johansson"),
        ("Sven", "Karlsson"),
        ("Karin", "Nilsson"),
        ("Erik", "Eriksson"),
        ("Maria", "Larsson"),
    ),
    "lv": (
        ("Jānis", "Bērziņš"),
        ("Anna", "Kalniņa"),
        ("Andris", "Ozoliņš"),
        ("Ilze", "Liepiņa"),
        ("Līga", "Bērziņa"),
        ("Juris", "Jansons"),
    ),
}

FAMILY = {
    "nb": (
        "Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen "
        "Eriksen Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen Halvorsen Henriksen Lund "
        "Sørensen Jakobsen Gundersen Moen Iversen Svendsen Strand Martinsen Solberg Knutsen Paulsen Eide Bakken "
        "Kristoffersen Mathisen Lie Amundsen Rasmussen Lunde Solheim Bakke Berge Moe Nygård Kristensen Fredriksen "
        "Holm Lien Hauge Andresen Knudsen Ali Nielsen Evensen Sæther Aas Myhre Ahmed Hanssen Haugland Thomassen "
        "Sivertsen Simonsen Danielsen Berntsen Sandvik Antonsen Rønning Arnesen Næss Vik Antonsen Haug Edvardsen "
        "Ellingsen Thorsen Gulbrandsen Birkeland Isaksen Ruud Aasen Strøm Myklebust Ødegård Tangen Jenssen Aune "
        "Helland Bøe Engen Eliassen Mikkelsen Brekke Tveit Christensen Abrahamsen Madsen Christiansen Hovland "
        "Sunde Bråten Kvam Skaar Vold Nordmann Gjerde Nordby Wold Fjeld Hjelle Aamodt Øverland"
    ),
    "sv": (
        "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson "
        "Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Lindström Olofsson Lindqvist "
        "Lindgren Berg Axelsson Bergström Lundberg Lind Lundgren Lundqvist Mattsson Berglund Fredriksson Sandberg "
        "Henriksson Ali Forsberg Mohamed Sjöberg Wallin Engström Eklund Danielsson Lundin Håkansson Björk Bergman "
        "Gunnarsson Wikström Holm Samuelsson Isaksson Fransson Bergqvist Nyström Holmberg Arvidsson Löfgren "
        "Söderberg Nyberg Ahmed Blomqvist Claesson Nordström Hassan Mårtensson Lundström Viklund Björklund "
        "Eliasson Berggren Sandström Nordin Ström Åberg Hermansson Ekström Falk Holmgren Dahlberg Hellström "
        "Hedlund Sundberg Sjögren Ek Blom Abrahamsson Martinsson Öberg Andreasson Strömberg Månsson Hansen Åkesson "
        "Dahl Lindholm Norberg Holmqvist Jonasson Ivarsson Öhman Näslund Östlund Åström Carlsson"
    ),
    "lv": (
        "Bērziņš Kalniņš Ozoliņš Jansons Ozols Liepiņš Krūmiņš Balodis Eglītis Zariņš Pētersons Vītols Kļaviņš "
        "Kārkliņš Vanags Ivanovs Siliņš Sproģis Āboliņš Lācis Vilks Petrovs Rozītis Grīnbergs Celmiņš Dzenis "
        "Apinis Fjodorovs Volkovs Lapiņš Briedis Jēkabsons Mednis Zvirbulis Kovaļovs Priede Liepa Priedītis "
        "Krauklis Strazdiņš Skujiņš Lūsis Gulbis Cīrulis Stepanovs Zālītis Vasiļjevs Smirnovs Kuzņecovs Auziņš "
        "Andersons Freimanis Upītis Roze Avotiņš Krastiņš Baltiņš Grantiņš Birznieks Kalējs Mežs Kalns Dreimanis "
        "Mačs Miezis Zirnis Tauriņš Kokins Vējš Rudzītis Dzērve Puriņš Kaņeps Šmits Millers Hermanis Vēveris "
        "Saulītis Zeltiņš Lazdiņš Bite Grava Ķēniņš Ūdris Žagars Pavlovs Kozlovs Popovs Sokolovs Morozovs "
        "Kovaļevskis Romanovskis Baranovskis Jankovskis Vasiļevskis"
    ),
}

RARE = {
    "nb": (
        "Aa Al An As Aus Ber Bir Bjer Bol Bor Brek Bre Bru By Bø Dal Du Dyr Ei Elve Eng Far Fer Fin Fjel Flat Fos "
        "Fram Frøy Fug Gar Gil Gjer Grøn Gran Gul Hag Hal Ham Har Hau Hei Her Hol Hov Hus Hø In Kal Kir Kjel Klep "
        "Knap Kol Kro Kval Lang Lau Lei Lil Lin Lok Lun Lyng Mel Mid Mo Myr Mæl Ne Nor Nyg Od Ol Os Ram Ran Rei "
        "Ring Ros Rø Røs Sal San Sel Sim Sjø Skar Skei Skog Sky Slet Små Sol Stav Stei Sto Stor Stran Sun Svar Sæ "
        "Tang Tor Tre Tveit Ul Val Var Ves Vin Vol Våg Øde Øst Øver Åm Ås",
        "land heim stad rud vik dal berg set rød by bø vold haug mo nes strand sund ås eng gård moen bakk bråten "
        "hus holt tveit lien løkken stuen sæther tun vang øy kvam mark foss lund skog moen haugen engen dalen "
        "nesset hagen",
    ),
    "sv": (
        "Ahl Alm Ask Berg Björk Blad Blom Bod Bor Brand Bro Byd Carl Ceder Dahl Dal Ed Ek El Eng Fager Fall Fors "
        "Fri Gran Gren Gull Gyllen Hag Hall Hammar Hed Hell Hjelm Hjort Hög Holm Hult Hår Jul Kall Käll Kil Kling "
        "Klint Kron Kvarn Lag Land Lilje Lind Ljung Lund Lång Löf Lön Malm Mell Mo Myr Mörk Nor Ny Näs Od Palm Pil "
        "Ring Ros Rud Rydh Rön Sahl Sand Sel Sjö Skog Sköld Sol Stal Sten Ström Sund Svan Söder Tall Tegn Thor "
        "Torn Ull Vall Vik Väst Wahl Wall West Åker Ång Ås Älv Ängs Öd Öst",
        "berg gren ström qvist lund stedt man holm dahl blad mark löf ell in ius én ås hed skog fors sjö gård stam "
        "rot hult strand vall näs rud land",
    ),
    "lv": (
        "Aboli Āps Alksn Arāj Asar Ausm Avot Bal Barib Baļķ Bebr Bērz Birz Blum Brūver Bukš Burk Cekul Cel Ciel "
        "Cin Dambr Dārz Deg Doniņ Drav Dreij Dub Dum Dzel Dzirkal Egl Ezer Gail Gaigal Galv Gaŗ Grav Grīn Grud "
        "Gulb Irb Jauneļ Jaunz Kaģ Kalv Kamp Kars Kaul Kauķ Ķem Ķirs Klam Klint Kraus Kriev Krist Krūz Kuk Kurm "
        "Lapš Lasm Lauc Lejas Liel Lod Lukš Mārt Maz Meln Mež Mauriņ Mīl Muc Nag Niedr Ōl Osīt Pauk Pel Pīl Plūm "
        "Pod Poriet Puķ Pūc Put Rag Rasm Rat Riekst Rub Rudz Sak Saul Seglīt Sīl Skrast Skuj Slav Smil Spāre Stalt "
        "Star Straut Str Svik Šķēl Teter Til Timm Ūdr Upen Vāc Vain Vald Veid Vilc Vīt Zāģ Zem Zied Zīl Zvaigzn "
        "Žīg",
        "iņš ītis ēns ns s nieks manis bergs sons vskis ovs ulis elis āns aitis upe kalns",
    ),
}

# Town, first postcode, how many postcodes, how many people (in thousands).
TOWNS = {
    "nb": (
        ("Oslo", 150, 900, 700),
        ("Bergen", 5003, 240, 290),
        ("Trondheim", 7010, 90, 210),
        ("Stavanger", 4005, 90, 145),
        ("Drammen", 3011, 60, 105),
        ("Fredrikstad", 1601, 60, 84),
        ("Kristiansand", 4608, 60, 115),
        ("Tromsø", 9006, 40, 78),
        ("Sandnes", 4306, 30, 82),
        ("Ålesund", 6002, 30, 67),
        ("Bodø", 8003, 40, 53),
        ("Hamar", 2315, 20, 32),
        ("Lillehammer", 2609, 20, 28),
        ("Moss", 1511, 30, 50),
        ("Tønsberg", 3110, 30, 58),
        ("Skien", 3714, 30, 55),
        ("Halden", 1763, 20, 31),
        ("Molde", 6411, 20, 32),
        ("Gjøvik", 2815, 10, 30),
        ("Alta", 9510, 15, 21),
    ),
    "sv": (
        ("Stockholm", 11120, 700, 980),
        ("Göteborg", 41101, 300, 600),
        ("Malmö", 21119, 120, 360),
        ("Uppsala", 75310, 60, 240),
        ("Västerås", 72210, 60, 130),
        ("Örebro", 70210, 60, 130),
        ("Linköping", 58222, 50, 115),
        ("Helsingborg", 25220, 50, 115),
        ("Norrköping", 60220, 40, 97),
        ("Jönköping", 55315, 40, 100),
        ("Umeå", 90325, 40, 92),
        ("Lund", 22221, 40, 95),
        ("Gävle", 80250, 30, 78),
        ("Borås", 50330, 30, 74),
        ("Karlstad", 65220, 30, 66),
        ("Östersund", 83130, 20, 52),
    ),
    "lv": (
        ("Rīga", 1001, 85, 610),
        ("Daugavpils", 5401, 20, 80),
        ("Liepāja", 3401, 20, 67),
        ("Jelgava", 3001, 10, 55),
        ("Jūrmala", 2008, 12, 50),
        ("Ventspils", 3601, 10, 33),
        ("Rēzekne", 4601, 6, 26),
        ("Valmiera", 4201, 4, 23),
        ("Ogre", 5001, 4, 23),
        ("Cēsis", 4101, 3, 15),
        ("Kuldīga", 3301, 3, 11),
        ("Sigulda", 2150, 3, 14),
    ),
}

STREETS = {
    "nb": (
        "Stor Kirke Skole Jernbane Parks Havne Bjørke Grense Industri Kongens Dronningens Sol Fjell Skog Elve "
        "Bakke Møller Prestegårds Nord Sør Øst Vest Idretts Lerke Furu Gran Rogne Majorstu Bogstad Thereses "
        "Ullevåls Trondheims Drammens",
        "gata veien vegen gate stien bakken",
    ),
    "sv": (
        "Stor Kyrko Skol Järnvägs Park Hamn Björk Gräns Industri Kungs Drottning Sol Berg Skogs Å Back Kvarn Präst "
        "Norra Södra Öster Väster Idrotts Lärk Tall Gran Rönn Svea Göta Linné Vasa Odin",
        "gatan vägen stigen backen gränd",
    ),
    "lv": (
        "Brīvības Raiņa Skolas Baznīcas Dzirnavu Lāčplēša Stabu Bruņinieku Krišjāņa-Barona Elizabetes Tērbatas "
        "Avotu Čaka Maskavas Kalēju Rīgas Liepājas Ozolu Bērzu Liepu Kļavu Saules Meža Upes Dārza Zaļā Parka "
        "Stacijas Jūras",
        " iela| prospekts| gatve",
    ),
}

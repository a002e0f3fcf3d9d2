"""Short and pet names and the names they stand for, in Norwegian, Swedish, Latvian, Russian and English use.

Each line, with the indented ones after it, is one family: everybody in it may be called by every other name of the
line. The names are written as people write them; looking up is done by folded words.
"""

from stamkunde.kit.folding import fold

_FAMILIES = """
Alexander Aleksander Aleksandrs Alex Aleks Alek Sasha Saša Sanders Xander Sandris
Aleksandra Alexandra Sandra Sascha Saša Sasha Alex
Anders Andreas Andris Andrejs Andrew Andy Drew Anda
Anna Anne Ann Anni Annija Anniken Annika Anka Anita Anete Annelie Ansi Anja Anya Anyuta Ņuša Nancy
Anne-Marie Annemarie Mia Ami
Antonija Antonia Toni Tonje Antonina
Anton Antons Antonio Toni Tony Antoņš
Arnold Arne Arnolds Arnie
Arthur Artur Artūrs Art Artis
Barbara Barbro Babs Barbra
Benjamin Ben Benny Bengt Benjamins Bendik Benedikt Benke
Bernhard Bernt Berndt Bernard Bernards Bernie
Birgit Birgitta Birgitte Berit Gitte Gitta Britt Britta Brit Biggan Bitte Birgita
Bjørn Björn Bjarne Nalle Bjørnar
Camilla Kamilla Milla Cam Millie
Carl Karl Kalle Charles Charlie Kārlis Chuck Kārlītis Calle Karlis Carlos
Carolina Karolina Caroline Karoline Karo Carro Lina Line Carol Karolīna
Catherine Katharina Katarina Catharina Katrine Katrin Kathrine Katrīna Trine Kate Katie Kathy Cathy Kari Karin Karen
    Katja Katya Kaja Kaisa Kajsa Kaija Katrīne Trīne Jekaterina Ekaterina Cathrine Kaarina
Christian Kristian Chris Kris Krišjānis Kristians Kristjāns Kristen Christen
Christina Kristina Christine Kristine Kristīne Kristīna Kristin Kirsten Kirsti Kirsty Kjersti Kjerstin Stina Stine
    Tina Chrissy Chris Tine Kicki Kickan Krista Kersti Kerstin
Christopher Kristoffer Kristofers Kristaps Chris Kris Topher Kit Stoffer Kristofer
Daniel Daniels Dan Danny Danne Daniils Daņa
David Dāvids Dave Davy Dāvis
Dmitrijs Dmitri Dima Dmitry Mitja Dmitrij
Edward Edvard Edvards Ed Eddie Eddy Ted Teddy Ned Edvīns Edvin
Elisabeth Elizabeth Elisabet Elizabete Elīza Elsa Else Elise Lisbeth Lisbet Lisa Lise Liza Liz Lizzie Beth Bet Betty
    Betsy Bettan Eli Lilly Lilibet Ella Libby Elsie Lis Lisen
Eleonora Eleanor Nora Ellen Elin Ella Nelly Ellinor Elenora Lenora
Emanuel Manuel Manne Emanuels Manu
Emilija Emilia Emily Emilie Emma Milly Millie Emmy
Erik Eirik Eric Ēriks Erikas Erka Ricky Jerker Jerka Eriks
Ernst Ernests Ernest Ernie Erni
Eugene Eugen Evgeny Jevgeņijs Ženja Zhenya Gene Jevgenijs
Frances Francis Frank Francisca Frans Franz Fran Frannie
Frederik Fredrik Fred Freddy Fredriks Frīdrihs Fredrick Frits Fritz Fredde
Fredrikke Fredrika Frida Rikke Rika Frīda
Gabriel Gabriels Gabe Gabbe
Georg George Jørgen Jörgen Jurģis Juris Jøran Göran Gørgen Georgs Jürgen Georgijs
Gerhard Gert Gerhards Gerd Gerry
Gregors Gregor Gregory Greg Grigorijs Griša
Gunārs Gunnar Guncis
Gunnhild Gunn Gun Gunilla Gunvor Gunhild
Gustav Gustaf Gustavs Gösta Gusten Gus Gurra Gusts Guste
Hans Johannes Johan Hasse Hannes Hanss
Harald Harry Haralds Harolds Harold Hal
Helena Helene Helēna Elena Jeļena Lena Lene Elin Ellen Helen Eli Leni Ļena Elīna
Henrik Henry Henriks Henrijs Hank Harry Henke Indriķis Hinrich
Henriette Jette Henrietta Etta Henny Henrijeta
Ingeborg Inga Inger Ingebjørg Bojan Bolla Inge Ingrīda Ingrid Inguna
Irina Irīna Irene Ira Ireen
Ivan Ivans Vaņa Vanya Jānis
Jacob Jakob Jēkabs Jakobs Jake Jeppe Jēcis Jack
James Jim Jimmy Jamie Jacob Jimmie
Jānis Jancis Jančuks Janka Jans Johans Jan Janne Janītis Jāņuks Džons Johannes Johan
John Jon Jack Johnny Jonny Jonas Johan Johannes Johnnie Jonathan Jonatan Jonis
Johanna Hanna Hanne Johanne Joanna Jo Hannah Janne Jana Joanne
Jonas Jonass Jons Jonis Jonte
Joseph Josef Jāzeps Joe Jozefs Joey Jozeps Jossi
Josephine Josefine Josefin Josefina Josie Fina Fia Jo
Judith Judīte Judy Jytte Judit Jutta
Jūlija Julia Julie Juliana Jule Julija Jūle Julitta Juliane
Jurijs Jura Yuri Juris Jurģis Georgs
Katherine Kate Kathleen Kat Kay Kitty Catherine
Kenneth Ken Kenny Kenneths
Knut Knutte Kanute
Konstantīns Konstantin Kostja Kosta Kostya Constantine
Lars Lasse Laurits Lauris Lauritz Larss Lorens Larry Laurence Lawrence Lelle Laurentius Lorents
Leonard Leonhard Leo Leon Leonards Lennart Lenny Leonīds Len
Lilian Lillian Lilly Lily Lill Lilija Lilita
Louise Lovisa Lovise Luīze Lou Lollo Louisa Luise Lova Visa
Ludvig Ludvik Ludvigs Louis Luis Lewis Ludde Lutz Louie
Lucia Lūcija Lucy Lucie Lussi
Magdalena Magdalene Malene Malin Lena Magda Madeleine Madelen Magdalēna Maddie Madelene
Magnus Magnuss Mange Magne Mags
Margareta Margrete Margareth Margaret Margarita Margrethe Grete Greta Marit Merete Meg Maggie Peggy Margit Rita
    Grieta Margrieta Märta Marta Gretchen Marge Marjorie Maija Grethe Merit Mette Maret Madge Magga Maggan
Maria Marija Marie Mary Mari Mia Maja Māra Marika Molly Maša Masha Miriam Maren Marion Mimmi Marita Māriņa Marike
    Maiken Maj Mie
Markus Marcus Mark Marc Marks Mackan Marko Macke
Martin Mārtiņš Marty Mārcis Mārča Morten Mårten Martins Martinus Mārtins
Mathias Matthias Mattias Mats Matiass Matīss Matt Matthew Mathew Matteus Matthijs Matte Mads Matis Mateuss
Matilda Mathilde Tilda Tilde Matilde Tilly Tille
Michael Mikael Mihails Mikkel Miķelis Mike Mick Mickey Miša Misha Micke Mikkjel Mihael Mikel Mikus Miks Mihkel
Monica Monika Mona Moni
Nathalie Natālija Natalia Nataša Natasha Natalie Nata Nat
Nicholas Nikolai Nikolajs Nils Niels Nick Nicklas Niklas Niks Klaus Klas Claes Claus Klāvs Nikolass Kolja Nicky
    Nicolai Nicolas Nisse Niklāvs
Nikoline Nicoline Nikola Nicole Nikki Line
Oļegs Oleg Olegs Oļģerts
Olga Helga Oļa Olya
Oliver Olivers Ollie Olle Olly
Olav Ole Ola Olaf Olof Olle Olafs Olov Oļs Ollie
Oskar Oscar Oskars Ossian Osse
Otto Oto Otis
Patrick Patrik Patriks Pat Paddy Patrīcija
Paul Pål Pauls Pauli Påhl Povel Pavels Poul Pasha Paša Pavel Pāvils Pāvels Palle Påve
Paulina Pauline Paula Lina Line Polly
Peter Per Petter Pēteris Pete Peder Peer Pär Pelle Pjotrs Pēcis Petr Pētersons Pekka Petrus Petra Perra
Philip Filip Filips Phil Phillip Philippe Pip Fille
Ragnhild Randi Ragna Ranveig Ragne
Rebecca Rebekka Becky Beka Rebeka Becka Reb
Richard Rikard Rihards Rick Ricky Dick Rich Rikke Ričards Ritchie Ricke
Robert Roberts Bob Bobby Rob Robby Robban Robin Bert Bobijs Robbie
Roger Rogers Rog Rodžers
Roland Rolands Rolle Rolf Rolfs
Ruben Rubens Rubben
Samuel Sam Samuels Sammy Sami Samme
Samantha Sam Samanta Sammy
Sebastian Sebastians Basse Seb Bastian Sebbe Sebastjans
Sergejs Sergey Serjoža Serge Sergei Sergej Sergio
Sigrid Siri Sigga Siv Sigri
Sigurd Sigvard Sigge Sjur Siggen Sigfrid
Sofia Sofie Sophie Sofija Sonja Sophia Soņa Fia Fie Sofi Sanja
Stefan Steffen Stephen Steve Steven Stefans Staffan Stephan Steffan Stepans Steffe Stivens
Stefanie Stephanie Stefānija Steffi Stefania Steph
Steinar Stein Sten Stenis
Susanne Susanna Suzanne Zuzanna Susan Sue Sussi Sanna Sanne Susann Suzanna Suss
Sveinung Svein Sven Svens Svenne
Svetlana Sveta Svetlanas Lana
Tatjana Tanja Tatiana Tanya Taņa
Theodor Teodors Teo Theo Ted Fjodors Tord Teddy Teodor
Theresa Terese Therese Terēze Tess Tessa Resi Teresa Terry Tessan
Thomas Tomas Toms Tom Tommy Tomass Tompa Tomaž Tommie
Timothy Tim Timo Timofejs Timmy Timotejs
Torbjørn Torbjörn Tor Thor Tobbe Torben Thore Tore Tora Torgeir Thorbjørn
Tobias Tobiass Tobbe Toby Tobben
Ulrik Ulrich Ulf Uffe Ulriks Ulrikas Uldis
Ulrika Ulrikke Ulla Rika Rikke Ulrike
Vilhelm Wilhelm Viljams Vilhelms William Bill Billy Will Willy Willie Vilis Ville Liam Wille Viljars
Vilhelmina Wilhelmina Mina Minna Helmi Vilma Wilma Mine
Victor Viktor Viktors Vic Vitja Vittorio
Victoria Viktoria Viktorija Vicky Vika Tori Vikky Vicki Toria
Vincent Vincents Vince Vinnie
Vladimir Vladimirs Vova Volodja Volodymyr Vladis Valdemārs Valdemar Voldemārs Waldemar Valdis
Walter Valters Valter Walt Wally Valdis
Zigmunds Sigmund Sigismund Zigis Siggi
Zigrīda Sigrid Zigita
Žanis Jean Žano Jānis
Žanna Jeanne Janna Žaneta Jeanette Žanete
Ilze Ilse Ilzīte Else
Līga Ligija Līgita Lige
Agnese Agnes Agneta Agnete Agnetha Neta
Aivars Aivis Aivariņš
Ainārs Einar Ainis Einars
Dace Dacīte Dorotea Dorthe Dorothy Dora Dorte Dagnija
Baiba Barbara Baibiņa Babette
Edgars Edgar Edžus Eddie Edgaras
Raimonds Raymond Raimis Ray Reimonds
Gints Gintars Gintis
Normunds Norms Normund
Vija Vijolīte Violeta Violet
Aleksejs Aleksey Alexei Ļoša Aļoša Alexis
Anastasija Anastasia Nastja Stasja Stacy Asja Nastya
Jevgēnija Ženja Evgenia Eugenie Eugenia
Ludmila Ļudmila Ļuda Mila Lyudmila
Nadežda Nadja Nadia Nadezhda Nadine
Pāvels Paša Pavel
Valentīna Valentina Vaļa Val
Valērijs Valerijs Valera Valery
Vasilijs Vasja Vasily Basil
Marianne Marianna Jannan Mariann Anne
Bente Benedicte Benedikte Benedikta Bene Dikte
Cecilie Cecilia Cecīlija Cilla Silje Sissel Celia Cille Cecily Sila Sissi
Dagny Dagnija Dagne
Ellinor Elinor Ellen Nora
Gudrun Guro Gunda Guri Gudrune
Halvard Hallvard Halle Halvor
Ingvild Inga Ingvill Yngvild
Jørn Jørund Jorn
Konrad Konrāds Kurt Kurts Conrad
Laila Leila Layla Lea
Marius Mariuss Mario Mārcis
Solveig Solvei Solbritt Sol Solvita
Terje Torgeir Tarjei
Vigdis Vigga Vibeke Wibeke Vivi
Yngve Yngvar Ingvar Ingvars Inge Ingemar
Øystein Øistein Eystein Østen Östen
""".strip()


def _families() -> dict[str, frozenset[str]]:
    related: dict[str, set[str]] = {}
    for line in _FAMILIES.replace("\n    ", " ").splitlines():
        family = {fold(name).replace(" ", "") for name in line.split()}
        for name in family:
            related.setdefault(name, set()).update(family - {name})
    return {name: frozenset(others) for name, others in related.items()}


_RELATED = _families()
_NOBODY: frozenset[str] = frozenset()


def also_called(word: str) -> frozenset[str]:
    """Return the other folded names that somebody called by this folded word may go by."""
    return _RELATED.get(word, _NOBODY)

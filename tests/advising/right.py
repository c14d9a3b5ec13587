"""Texts as communes write them, with nothing to say about: names, laws, minutes, deadlines, lists, prices, hours.

Each is (language, kind, title, body). They are read on Thursday, 26 November 2026.
"""

# ruff: noqa: E501, ISC004
RIGHT: list[tuple[str, str, str, str]] = [
    (
        "fr",
        "news",
        "Le CPAS ouvre une permanence logement à la Maison des associations",
        "Dès le 1er décembre, le CPAS reçoit sans rendez-vous le mardi de 9 h à 12 h.\n\n"
        "**À emporter :**\n\n- votre carte d’identité ;\n- votre bail ;\n- vos trois dernières factures d’énergie.\n\n"
        "Une question ? [04 221 80 00](tel:+3242218000) ou [cpas@liege.example](mailto:cpas@liege.example).",
    ),
    (
        "fr",
        "document",
        "Procès-verbal du conseil communal du 26 octobre 2026",
        "Le conseil communal du 26 octobre 2026 a approuvé le budget. Vu l’arrêté royal du 24 juin 2013 et le décret du "
        "27 mars 2014, les taxes restent inchangées.",
    ),
    (
        "fr",
        "news",
        "Résultats du budget participatif",
        "Vous avez été 1 204 à voter entre le 1er et le 15 novembre 2026 : merci ! Trois projets ont été retenus.\n\n"
        "# Le verger des Terrasses\n\nQuarante arbres fruitiers seront plantés en février.\n\n"
        "# Le préau de l’école\n\nLe toit sera posé pendant les vacances de printemps.",
    ),
    (
        "fr",
        "works",
        "Rue Léopold : fermée jusqu’au 18 décembre",
        "Du 12 novembre au 18 décembre 2026, la rue Léopold est fermée entre la place Saint-Lambert et la rue de la "
        "Régence. Les bus TEC 1, 4 et 48 s’arrêtent place de la République française. "
        "Le SPW et la RESA remplacent les conduites.",
    ),
    (
        "fr",
        "event",
        "Marché de Noël, place du Marché",
        "Les samedi 5 et dimanche 6 décembre, soixante artisans vous attendent de 10 h à 20 h. "
        "Inscription des exposants avant le 30 novembre auprès de l’ASBL Commerce Liège.\n\n"
        "Le programme complet est sur [liege.example](https://liege.example/noel).",
    ),
    (
        "fr",
        "news",
        "Collecte des sapins",
        "Déposez votre sapin devant votre porte le lundi 11 janvier avant 6 h, sans pot ni décoration. "
        "Depuis le 1er janvier 2020, les collectes sont confiées à INTRADEL.",
    ),
    (
        "fr",
        "alert",
        "Eau du robinet : ne la buvez pas à Angleur",
        "Faites bouillir l’eau pendant 5 minutes avant de la boire. La distribution d’eau en bouteilles a lieu rue "
        "Vaudrée, 45, de 8 h à 20 h.",
    ),
    (
        "fr",
        "news",
        "Sœur Marie-Thérèse fête ses cent ans",
        "Née le 24 novembre 1926 à Bressoux, elle a enseigné pendant quarante ans à l’école des Terrasses. "
        "M. le bourgmestre et Mme l’échevine lui ont remis la médaille de la Ville.",
    ),
    (
        "fr",
        "news",
        "Le parc de la Boverie en fête",
        "**Samedi 5 décembre, 14 h**\n\nContes, vin chaud et lâcher de lampions.\n\n**Entrée gratuite !**\n\n"
        "Organisé par la Maison des jeunes, le Comité de quartier Outremeuse et la bibliothèque Ulysse Capitaine.",
    ),
    (
        "fr",
        "news",
        "Prime à l’isolation : ce qui change en 2027",
        "La prime monte de 15 à 25 € par mètre carré. Elle s’ajoute à celle de la Région wallonne "
        "([conditions de la Région](https://energie.example/primes)). Le formulaire est en ligne : "
        "[demander la prime communale](https://liege.example/prime-isolation).",
    ),
    (
        "nl",
        "news",
        "Nieuwe openingsuren van het containerpark",
        "Vanaf 1 december is het containerpark open van dinsdag tot zaterdag, van 9 tot 17 uur. "
        "Breng uw e-ID mee. Meer weten? Bel [016 27 20 00](tel:+3216272000).",
    ),
    (
        "nl",
        "event",
        "Kerstmarkt op de Grote Markt",
        "Op zaterdag 5 en zondag 6 december staan er zestig kramen. Inschrijven als standhouder kan t.e.m. 30 november. "
        "Het is de twaalfde editie.",
    ),
    (
        "nl",
        "document",
        "Besluitenlijst gemeenteraad 23 november 2026",
        "Gelet op het decreet lokaal bestuur van 22 december 2017 en het besluit van 3 maart 2024 keurde de raad het "
        "meerjarenplan goed.",
    ),
    (
        "nl",
        "works",
        "Tiensestraat: asfalt vernieuwd tussen nr. 12 en nr. 88",
        "De werken duren van 16 november tot 4 december. Fietsers volgen de omleiding via de Bondgenotenlaan. "
        "De bussen van De Lijn (lijnen 1, 2 en 3) rijden via de Vital Decosterstraat.",
    ),
    (
        "nl",
        "news",
        "Zo leest u de watermeter",
        "# Zelf doen\n\n1. Neem uw meter en uw brief.\n2. Surf naar [de pagina van Pidpa](https://pidpa.example).\n"
        "3. Vul de zwarte cijfers in.\n\n# Laten doen\n\nMaak een afspraak, bv. via de wijkwerker.",
    ),
    (
        "nl",
        "news",
        "Terugblik: Dag van de Jeugdbeweging",
        "Op 16 oktober 2026 kwamen 400 kinderen in uniform ontbijten. Wij waren erbij en hebben genoten!",
    ),
    (
        "nl",
        "alert",
        "Storm: blijf weg uit de parken",
        "Het KMI geeft code oranje. Alle parken zijn dicht tot vrijdag 27 november, 8 uur.",
    ),
    (
        "de",
        "event",
        "Adventssingen in der Sankt-Nikolaus-Kirche",
        "Am Sonntag, dem 6. Dezember, singen um 16 Uhr vier Chöre. Der Eintritt ist frei, z. B. für Familien gibt es "
        "Plätze in den ersten Reihen. Anmeldung der Chöre bis 1. Dezember.",
    ),
    (
        "de",
        "document",
        "Öffentliche Untersuchung: Tuchmacherhof",
        "Die Akte liegt vom 23. November bis zum 22. Dezember 2026 im Rathaus aus. Grundlage ist das Gesetzbuch über die "
        "räumliche Entwicklung (Dekret vom 20. Juli 2016).",
    ),
    (
        "de",
        "news",
        "Der Stadtbus fährt jetzt auch am Sonntag",
        "Ab 29. November fährt er täglich von 7 bis 20 Uhr. Eine Fahrt kostet 1 Euro.\n\n"
        "- Bushof – Krankenhaus\n- Bushof – Unterstadt\n- Bushof – Kettenis\n\n"
        "Alle Zeiten: [Fahrplan des Stadtbusses (PDF)](https://eupen.example/fahrplan.pdf).",
    ),
    (
        "de",
        "works",
        "Haasstraße: Wasserleitung wird erneuert",
        "Die Straße ist vom 23. November bis 21. Dezember halbseitig gesperrt, u. a. vor den Häusern Nr. 3 bis 27. "
        "Die Umleitung über die Schulstraße ist ausgeschildert.",
    ),
    (
        "de",
        "news",
        "Ein Rückblick auf 100 Jahre Freiwillige Feuerwehr",
        "Gegründet am 3. März 1926, wurde sie 1950 neu aufgestellt. Am 14. November 2026 hat sie mit 300 Gästen "
        "gefeiert.",
    ),
    (
        "en",
        "news",
        "Register to vote as a citizen of another country",
        "You can register until 31 July 2027. Bring your residence card to the town hall, or use the "
        "[online registration form](https://liege.example/vote). The law was changed on 1 March 2026.",
    ),
    (
        "en",
        "event",
        "Carols in the courtyard",
        "Join us on Saturday 5 December at 6 p.m. Mulled wine is £3, i.e. about € 3.50. Dr. Lambert conducts.",
    ),
]

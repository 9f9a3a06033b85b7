"""Nouns of a kitchen in singular and plural, by language."""

_PAIRS = {
    "en": """
        almond almonds, anchovy anchovies, apple apples, avocado avocados, bay-leaf bay-leaves,
        bean beans, berry berries, biscuit biscuits, box boxes, bunch bunches, cake cakes,
        calf calves, carrot carrots, cherry cherries, chilli chillies, chili chilies,
        clove cloves, cookie cookies, courgette courgettes, curry curries, dish dishes,
        dumpling dumplings, egg eggs, fig figs, fillet fillets, glass glasses, goose geese,
        half halves, jelly jellies, knife knives, leaf leaves, leek leeks, lemon lemons,
        lentil lentils, loaf loaves, mango mangoes, mousse mousses, muffin muffins,
        mushroom mushrooms, noodle noodles, olive olives, onion onions, ounce ounces,
        oven ovens, pancake pancakes, peach peaches, pear pears, pepper peppers, pie pies,
        potato potatoes, radish radishes, raspberry raspberries, recipe recipes, roll rolls,
        sandwich sandwiches, sauce sauces, sausage sausages, scone scones, shelf shelves,
        slice slices, strawberry strawberries, tomato tomatoes, turnip turnips,
        walnut walnuts, oyster oysters, quiche quiches, tooth teeth
    """,
    "de": """
        Apfel Äpfel, Auflauf Aufläufe, Banane Bananen, Birne Birnen, Blatt Blätter,
        Bohne Bohnen, Braten Braten, Brot Brote, Brötchen Brötchen, Ei Eier, Erbse Erbsen,
        Erdbeere Erdbeeren, Feige Feigen, Fisch Fische, Frucht Früchte, Gang Gänge,
        Gans Gänse, Gericht Gerichte, Gewürz Gewürze, Glas Gläser, Gurke Gurken, Huhn Hühner,
        Karotte Karotten, Kartoffel Kartoffeln, Keks Kekse, Kirsche Kirschen, Kloß Klöße,
        Knödel Knödel, Kopf Köpfe, Korn Körner, Kraut Kräuter, Kuchen Kuchen, Kürbis Kürbisse,
        Linse Linsen, Löffel Löffel, Lorbeerblatt Lorbeerblätter, Mandel Mandeln,
        Messer Messer, Möhre Möhren, Muffin Muffins, Nudel Nudeln, Nuss Nüsse, Walnuss Walnüsse,
        Ofen Öfen, Olive Oliven, Paprika Paprikas, Pfanne Pfannen, Pfannkuchen Pfannkuchen,
        Pflaume Pflaumen, Pilz Pilze, Plätzchen Plätzchen, Radieschen Radieschen, Rezept Rezepte,
        Saft Säfte, Salat Salate, Scheibe Scheiben, Soße Soßen, Spargel Spargel, Stück Stücke,
        Suppe Suppen, Tomate Tomaten, Topf Töpfe, Torte Torten, Traube Trauben, Wurst Würste,
        Würstchen Würstchen, Zehe Zehen, Zitrone Zitronen, Zwiebel Zwiebeln, Rührei Rühreier
    """,
    "fr": """
        abricot abricots, agneau agneaux, ail aulx, amande amandes, ananas ananas,
        anchois anchois, animal animaux, artichaut artichauts, asperge asperges,
        aubergine aubergines, beignet beignets, biscuit biscuits, bocal bocaux, bœuf bœufs,
        bouquet bouquets, canard canards, carotte carottes, cerise cerises, champignon champignons,
        chou choux, citron citrons, concombre concombres, couteau couteaux, crêpe crêpes,
        crevette crevettes, cuillère cuillères, échalote échalotes, épice épices,
        feuille feuilles, fève fèves, figue figues, fraise fraises, framboise framboises,
        fromage fromages, fruit fruits, gâteau gâteaux, gousse gousses, haricot haricots,
        herbe herbes, huître huîtres, jaune jaunes, lentille lentilles, morceau morceaux,
        moule moules, navet navets, noisette noisettes, noix noix, noyau noyaux, œuf œufs,
        oignon oignons, olive olives, pêche pêches, poireau poireaux, poire poires, pois pois,
        poisson poissons, poivron poivrons, pomme pommes, purée purées, radis radis,
        raisin raisins, sauce sauces, tomate tomates, tranche tranches, veau veaux
    """,
    "it": """
        acciuga acciughe, aglio agli, albicocca albicocche, arancia arance, asparago asparagi,
        biscotto biscotti, bottiglia bottiglie, braciola braciole, bue buoi, cannolo cannoli,
        carciofo carciofi, carota carote, castagna castagne, cavolo cavoli, cece ceci,
        cetriolo cetrioli, ciliegia ciliegie, cipolla cipolle, coltello coltelli, coscia cosce,
        cozza cozze, crosta croste, cucchiaio cucchiai, dolce dolci, fagiolo fagioli,
        fetta fette, fico fichi, foglia foglie, forno forni, fragola fragole, frittata frittate,
        frutto frutti, fungo funghi, gambero gamberi, gnocco gnocchi, insalata insalate,
        lenticchia lenticchie, limone limoni, mandorla mandorle, mela mele, melanzana melanzane,
        minestra minestre, noce noci, oliva olive, osso ossa, oca oche, pane pani, panino panini,
        patata patate, peperone peperoni, pera pere, pesca pesche, pesce pesci, pezzo pezzi,
        pizza pizze, polpetta polpette, pomodoro pomodori, porro porri, pollo polli,
        raviolo ravioli, salsiccia salsicce, spicchio spicchi, torta torte, tuorlo tuorli,
        uovo uova, uva uve, verdura verdure, vongola vongole, zucca zucche, zucchina zucchine,
        albume albumi, acqua acque
    """,
    "es": """
        aceituna aceitunas, ajo ajos, albóndiga albóndigas, almendra almendras, arroz arroces,
        calabacín calabacines, cebolla cebollas, champiñón champiñones, col coles,
        croqueta croquetas, fresa fresas, frijol frijoles, garbanzo garbanzos, huevo huevos,
        jamón jamones, lenteja lentejas, limón limones, maíz maíces, manzana manzanas,
        melocotón melocotones, nuez nueces, pan panes, patata patatas, pez peces,
        pimiento pimientos, plátano plátanos, postre postres, salsa salsas, tomate tomates,
        zanahoria zanahorias
    """,
    "pt": """
        azeitona azeitonas, batata batatas, camarão camarões, cebola cebolas, colher colheres,
        feijão feijões, limão limões, noz nozes, ovo ovos, pão pães, tomate tomates
    """,
    "nl": """
        aardappel aardappelen, aardbei aardbeien, amandel amandelen, appel appels, blad bladeren,
        boon bonen, brood broden, champignon champignons, citroen citroenen, ei eieren,
        erwt erwten, garnaal garnalen, glas glazen, kaas kazen, kers kersen, koekje koekjes,
        komkommer komkommers, kool kolen, lepel lepels, mes messen, noot noten, pan pannen,
        pannenkoek pannenkoeken, peer peren, saus sauzen, soep soepen, taart taarten, teen tenen,
        tomaat tomaten, ui uien, vis vissen, wortel wortels
    """,
}

#: (singular, plural) by language.
PAIRS: dict[str, list[tuple[str, str]]] = {
    language: [(pair.split()[0], pair.split()[1]) for pair in " ".join(rows.split()).split(", ")]
    for language, rows in _PAIRS.items()
}

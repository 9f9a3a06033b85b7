"""The words that pages use, by meaning; languages by how often public recipe pages have them."""
# ruff: noqa: RUF001  other alphabets look like ours


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.replace("\n", ",").split(",")) - {""}


#: Lengths of time in seconds: the unit's name in many languages.
TIME_UNITS = {
    1: _words("""s sec secs second seconds sek sekunde sekunden seconde secondes segundo segundos
        secondo secondi sekund sekunder sekundy masodperc másodperc сек секунд 秒 秒钟"""),
    60: _words("""m mn min mins minute minutes minuta minuten minuto minutos minuti minut minuter
        minutter minuutti minuuttia minuty minutach minúta minúty minút minutu perc percig мин
        минут минуты минута хв dakika dk 分 分钟 分鐘 分間 분 ' ’ ′"""),
    3600: _words("""h hr hrs hour hours std stunde stunden stde u uur uren heure heures hora horas
        ora ore tim timme timmar time timer t tunti tuntia godz godzina godziny godzin hod hodina
        hodiny hodín hodin óra óráig ч час часа часов год saat sa 時間 小时 小時 시간 時"""),
    86_400: _words("""d day days tag tage tagen jour jours día días dias dia giorno giorni dag
        dagen dagar dage päivä päivää dni dzień den dny dní deň nap день дня дней gün 日 天 일"""),
    604_800: _words("""w wk week weeks woche wochen semaine semaines semana semanas settimana
        settimane weken vecka veckor uge uger uke uker viikko viikkoa tydzień tygodni týden týdny
        hét неделя"""),
}  # fmt: skip
#: Between the two ends of a range.
RANGE_WORDS = _words("- – — ~ to bis à a tot til till al do až から 〜")
HALF_WORDS = _words("half halbe halben demi demie media medio mezza halv")
ARTICLES = _words("an eine einer une un una uno een ett")
#: Numbers as words, before a unit of time.
NUMBER_WORDS = {
    "1": _words("one"),
    "1.5": _words("eineinhalb anderthalb anderhalf halvannan półtorej"),
    "2": _words("two zwei deux dos due twee två dwie"),
    "3": _words("three drei trois tres tre drie"),
    "4": _words("four vier quatre cuatro quattro fyra fire"),
}

#: Beginnings of "serving", "portion", "person", "eater".
SERVING_STEMS = tuple(
    sorted(
        _words("""serv portion porcion porción porzion porç porc porsjon
    portsjon annos adag порци person pers people comensal pessoa osob osób fő henkilö чел guest
    diner couvert convive kişi 人 racion ración dose eater gäste mensen eters hlav pp""")
    )
)
#: Beside the number and the noun of a yield, without being either.
YIELD_FILLERS = _words("""makes make made about approximately approx around ca circa yield yields
    for für voor pour para per til till serves serve of a an the one dient rende ergibt etwa
    environ recipe recept fyrir add to up at least between und and or de du des di da aus recette
    ungefähr zirka each gir ger giver cirka noin asi około total roughly generous large small
    medium""")
#: What a whole is cut into: "1 cake (8 slices)".
SLICE_WORDS = _words("""slices pieces wedges servings portions stücke stück tranches parts porciones
    punten bitar fette""")

#: "Step 3", "Schritt 3".
STEP_WORDS = _words("""step schritt étape etape paso passo passaggio stap steg trin trinn vaihe
    krok lépés шаг adım fase punkt""")

#: Headings over the ingredients.
INGREDIENT_HEADINGS = _phrases("""
    ingredients, ingredient, the ingredients, ingredient list, ingredients list, you will need,
    what you need, what you'll need, ingredients for, zutaten, zutatenliste, die zutaten,
    ingrédients, les ingrédients, liste des ingrédients, ingredientes, ingredienti,
    ingrediënten, ingrediënt, ingredienser, ainekset, składniki, ingrediencie, ingredience,
    suroviny, hozzávalók, ингредиенты, malzemeler, 材料, 食材, 用料, 재료, sastojci,
    sestavine, ingrediente, υλικά, продукти, інгредієнти
""")
#: Headings over the steps.
STEP_HEADINGS = _phrases("""
    instructions, directions, direction, method, methods, preparation, steps, procedure,
    how to make it, how to make, the method, recipe instructions, cooking instructions,
    cooking directions, zubereitung, anleitung, die zubereitung, so wird's gemacht,
    so wird es gemacht, so geht's,
    préparation, la préparation, étapes, étapes de préparation, instructions de préparation,
    recette, réalisation, preparación, elaboración, instrucciones, pasos, modo de preparo,
    modo de preparação, preparo, preparação, preparazione, procedimento, come preparare,
    bereiden, bereiding, bereidingswijze, zo maak je het, instructies, gör så här, tillagning,
    instruktioner, så här gör du, fremgangsmåde, sådan gør du, fremgangsmåte, slik gjør du,
    valmistusohje, valmistus, ohjeet, przygotowanie, sposób przygotowania, postup,
    postup přípravy, príprava, elkészítés, az elkészítés, elkészítése, приготовление,
    способ приготовления, hazırlanışı, yapılışı, 作り方, 做法, 만드는 법, priprema,
    mod de preparare, εκτέλεση
""")

#: Headings that end the ingredients or the steps of a page without structured data.
STOP_HEADINGS = _phrases("""
    notes, note, recipe notes, tips, tip, variations, nutrition, nutrition facts, nutrition info,
    nutritional information, comments, related, related recipes, serving suggestions, equipment,
    video, storage, faq, reviews, share, share this, print, more recipes, you may also like,
    you might also like, see also, leave a comment, leave a reply, tags, categories, source,
    cook's notes, chef's notes, tipp, tipps, hinweis, nährwerte, kommentare, verwandte rezepte,
    notes de recette, astuces, astuce, conseils, voir aussi, commentaires, valeurs nutritionnelles,
    notas, consejos, trucos, comentarios, dicas, dica, note e consigli, consigli, commenti,
    valori nutrizionali, voedingswaarden, opmerkingen, reacties, recensies, kommentarer,
    näringsvärde, næringsindhold, allergener, næringsverdi, vinkit, kommentit, komentarze,
    porady, komentáře, komentáre, tipy, hozzászólások, комментарии, notlar, 小贴士, 小窍门, メモ
""")

#: Labels beside a time, by the member of `PageTimes` that they fill.
TIME_LABELS = {
    "prep": _phrases("""
        prep time, prep, preparation time, preparation, active time, hands-on time, hands on time,
        vorbereitungszeit, zubereitungszeit, arbeitszeit, vorbereitung, temps de préparation,
        préparation, tiempo de preparación, tempo de preparo, tempo de preparação, preparo,
        tempo di preparazione, preparazione, voorbereidingstijd, bereidingstijd, voorbereiding,
        förberedelsetid, forberedelsestid, forberedelse, arbejdstid, esivalmistelu, valmisteluaika,
        czas przygotowania, doba přípravy, doba prípravy, příprava, előkészítés, előkészítési idő,
        время подготовки, hazırlama süresi, 準備時間, 准备时间
    """),
    "cook": _phrases("""
        cook time, cooking time, cook, cooking, bake time, baking time, kochzeit, backzeit,
        garzeit, koch-/backzeit, temps de cuisson, cuisson, tiempo de cocción, cocción,
        tempo de cozimento, tempo di cottura, cottura, kooktijd, baktijd, oventijd, tillagningstid,
        koketid, stegetid, bagetid, steketid, kypsennysaika, czas gotowania, czas pieczenia,
        doba vaření, doba pečenia, sütési idő, főzési idő, sütés, время приготовления,
    pişirme süresi,
        調理時間, 烹饪时间
    """),
    "rest": _phrases("""
        rest time, resting time, chill time, chilling time, rising time, proofing time, freeze time,
        cooling time, marinating time, inactive time, ruhezeit, kühlzeit, gehzeit, wartezeit,
        temps de repos, repos, temps de réfrigération, tiempo de reposo, reposo,
        tempo di riposo, riposo, rusttijd, wachttijd, koeltijd, vilotid, hviletid, hæv,
        hævetid, lepoaika, czas oczekiwania, pihentetés, kelési idő, время отдыха, dinlenme süresi
    """),
    "total": _phrases("""
        total time, total, ready in, ready, time, time required, duration, gesamtzeit, dauer, zeit,
        insgesamt, temps total, durée totale, durée, tiempo total, tiempo, duración, tempo total,
        tempo totale, tempo, totale tijd, tijd, totaaltijd, tid, total tid, tid i alt, samlet tid,
        kokonaisaika, aika, czas, całkowity czas, celkový čas, čas, teljes idő, elkészítési idő,
        общее время, время, toplam süre, 所要時間, 总时间
    """),
}  # fmt: skip
#: Labels beside a yield.
YIELD_LABELS = _phrases("""
    serves, servings, serving, yield, yields, makes, serves/makes, portions, portion, portionen,
    ergibt, anzahl portionen, menge, personen, pour, personnes, nombre de personnes, rendement,
    raciones, porciones, comensales, ración para, número de personas, personas, rendimento,
    porções, rendimento della ricetta, porzioni, dosi per, persone, ingredienti per,
    aantal personen,
    porties, personen, antal portioner, portioner, antal, personer, porsjoner, annoksia, annokset,
    porcje, liczba porcji, porce, počet porcí, porcie, počet porcií, adag, порции, порций,
    количество порций, kişilik, porsiyon, 人数, 份量, 分量
""")

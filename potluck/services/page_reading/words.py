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
ARTICLES = _words("an one eine einer une un una uno een ett")

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
    cooking directions, zubereitung, anleitung, die zubereitung, so wird's gemacht, so geht's,
    préparation, la préparation, étapes, étapes de préparation, instructions de préparation,
    recette, réalisation, preparación, elaboración, instrucciones, pasos, modo de preparo,
    modo de preparação, preparo, preparação, preparazione, procedimento, come preparare,
    bereiding, bereidingswijze, zo maak je het, instructies, gör så här, tillagning,
    instruktioner, så här gör du, fremgangsmåde, sådan gør du, fremgangsmåte, slik gjør du,
    valmistusohje, valmistus, ohjeet, przygotowanie, sposób przygotowania, postup,
    postup přípravy, príprava, elkészítés, az elkészítés, elkészítése, приготовление,
    способ приготовления, hazırlanışı, yapılışı, 作り方, 做法, 만드는 법, priprema,
    mod de preparare, εκτέλεση
""")

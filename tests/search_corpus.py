"""The recipes that the table of queries is asked of, as bodies for POST /recipes, oldest first."""

# ruff: noqa: RUF001 - apostrophes and letters of other scripts are what is tested

import re
from typing import Any

Body = dict[str, Any]

# "3 eggs [eggs]": what stands in brackets is the food of the line.
_LINE = re.compile(r"(?P<original_text>[^\[]+?)(?: \[(?P<food_text>.+)\])?")


def _recipe(
    language: str,
    title: str,
    tags: str,
    lines: list[str],
    steps: list[str],
    *,
    summary: str | None = None,
    group: str | None = None,
    section: str | None = None,
    notes: tuple[str, ...] = (),
    author: str | None = None,
) -> Body:
    return {
        "title": title,
        "summary": summary,
        "language": language,
        "tags": [{"name": tag.strip()} for tag in tags.split(",")],
        "ingredient_groups": [{"name": group, "lines": [_line(line) for line in lines]}],
        "sections": [{"name": section, "steps": [{"text": step} for step in steps]}],
        "notes": [{"text": note} for note in notes],
        "source": {"author": author},
    }


def _line(text: str) -> Body:
    match = _LINE.fullmatch(text)
    assert match is not None
    return {key: value for key, value in match.groupdict().items() if value is not None}


ENGLISH = [
    _recipe(
        "en",
        "Tomato Soup",
        "Soup, Vegan",
        [
            "1 kg ripe tomatoes [tomatoes]",
            "2 onions, chopped [onions]",
            "½ l vegetable stock [stock]",
        ],
        ["Roast everything until it collapses.", "Blend until smooth."],
    ),
    _recipe(
        "en",
        "Apple Cake",
        "Dessert, Baking",
        ["3 sweet apples [apples]", "200 g plain flour [flour]", "2 eggs [eggs]"],
        ["Fold the fruit into the batter.", "Bake at 180 °C for 40 minutes."],
        summary="Moist for days.",
    ),
    _recipe(
        "en",
        "Beef Stir-Fry",
        "Quick, Dinner",
        [
            "400 g beef strips [beef]",
            "1 tbsp soy sauce [soy sauce]",
            "2 spring onions [spring onions]",
        ],
        ["Sear the meat in a hot wok."],
    ),
    _recipe(
        "en",
        "Vegetable Stir Fry",
        "Quick, Vegan",
        ["2 carrots [carrots]", "1 head of broccoli [broccoli]", "1 spring-onion [spring-onion]"],
        ["Keep the pan moving."],
    ),
    _recipe(
        "en",
        "Tofu Stirfry",
        "Weeknight",
        ["300 g firm tofu [tofu]", "1 red pepper [red pepper]"],
        ["Press the tofu before it goes in."],
    ),
    _recipe(
        "en",
        "Gluten-Free Brownies",
        "Dessert",
        ["150 g dark chocolate [dark chocolate]", "100 g ground almonds [almonds]"],
        ["Melt, mix, bake."],
        notes=("Freezes well, free of worries.",),
    ),
    _recipe(
        "en",
        "Jack's Chili con Carne",
        "Dinner, Make-ahead",
        ["2 tins kidney beans [kidney beans]", "500g minced beef [minced beef]", "2 bay leaves"],
        ["Simmer for two hours."],
        author="Mildred O'Hara",
    ),
    _recipe(
        "en",
        "Carrot and Ginger Juice",
        "Drink",
        ["5 carrots [carrots]", "a thumb of ginger [ginger]"],
        ["Press and serve over ice."],
    ),
    _recipe(
        "en",
        "Lemon Roast Chicken",
        "Sunday",
        ["1 chicken [chicken]", "4 cloves of garlic [garlic]", "1 stock cube"],
        ["Let it rest, then carve it with two sharp knives."],
        section="Roasting",
    ),
    _recipe(
        "en",
        "Banana Bread",
        "Baking, Breakfast",
        ["3 ripe bananas [bananas]", "250 g flour [flour]"],
        ["Bake the loaf for one hour."],
        notes=("Two halves keep longer than one whole.",),
    ),
    _recipe(
        "en",
        "Chive Dip",
        "Party",
        ["200 ml sour cream [sour cream]", "a bunch of chives [chives]"],
        ["Stir and chill."],
    ),
    _recipe(
        "en",
        "Cream of Mushroom",
        "Starter",
        ["500 g mushrooms [mushrooms]", "200 ml cream [cream]"],
        ["If it tastes sour, add cream."],
    ),
    _recipe(
        "en",
        "Egg-Fried Rice",
        "Quick",
        ["300 g cooked rice [rice]", "2 eggs [eggs]", "a handful of peas [peas]"],
        ["Toss in the hot wok."],
    ),
    _recipe(
        "en",
        "Eggplant Curry",
        "Curry, Vegan",
        ["1 large eggplant [eggplant]", "400 ml coconut milk [coconut milk]", "a little nutmeg"],
        ["Simmer until tender.", "Serve with rice."],
    ),
    _recipe(
        "en",
        "Walnut Pesto Pasta",
        "Dinner",
        ["50 g walnuts [walnuts]", "400 g pasta [pasta]", "3 leaves of basil [basil]"],
        ["Crush the nuts with the herbs."],
    ),
    _recipe(
        "en",
        "Slow Tomato Paste",
        "Preserves",
        ["2 kg tomatoes [tomatoes]", "1 tsp salt [salt]"],
        ["Cook down for half a day; one leaf of laurel is plenty."],
    ),
    _recipe(
        "en",
        "Strawberry Jam",
        "Preserves",
        ["1 kg strawberries [strawberries]", "500 g jam sugar [jam sugar]"],
        ["Boil for 4 minutes and fill the jars."],
    ),
    _recipe(
        "en",
        "Overnight Oats",
        "Breakfast",
        ["1/2 cup rolled oats [rolled oats]", "1½ cups milk [milk]", "1 strawberry [strawberry]"],
        ["Leave it in the fridge."],
    ),
]

GERMAN = [
    _recipe(
        "de",
        "Zwiebelkuchen",
        "Herzhaft, Backen",
        ["1 kg Zwiebeln [Zwiebeln]", "200 ml saure Sahne [saure Sahne]", "3 Eier [Eier]"],
        ["Alles glasig dünsten.", "Bei 200 °C backen."],
    ),
    _recipe(
        "de",
        "Bratäpfel mit Nüssen",
        "Nachtisch",
        ["4 Äpfel [Äpfel]", "80 g Walnüsse [Walnüsse]"],
        ["Im Ofen garen, bis die Schale platzt."],
    ),
    _recipe(
        "de",
        "Strudel von Oma",
        "Nachtisch, Backen",
        ["1 großer Apfel [Apfel]", "50 g Rosinen [Rosinen]", "1 Ei [Ei]"],
        ["Den Teig hauchdünn ausziehen."],
    ),
    _recipe(
        "de",
        "Käsespätzle",
        "Hauptgericht",
        ["400 g Mehl [Mehl]", "200 g Käse [Käse]", "1 Zwiebel [Zwiebel]"],
        ["Durch die Presse drücken und mit den Röstzwiebeln schichten."],
    ),
    _recipe(
        "de",
        "Weiße Soße",
        "Grundrezept",
        ["40 g Butter [Butter]", "½ l Milch [Milch]", "1 Lorbeerblatt [Lorbeerblatt]"],
        ["Langsam köcheln lassen."],
    ),
    _recipe(
        "de",
        "Gruene Sosse",
        "Frankfurt",
        ["7 Kraeuter [Kraeuter]", "200 g Schmand [Schmand]"],
        ["Fein hacken."],
    ),
    _recipe(
        "de",
        "Hühnerbrühe",
        "Suppe",
        ["1 Suppenhuhn [Suppenhuhn]", "2 Möhren [Möhren]", "3 Lorbeerblätter [Lorbeerblätter]"],
        ["Zwei Stunden ziehen lassen."],
    ),
    _recipe(
        "de",
        "Rahmsuppe vom Kürbis",
        "Suppe",
        ["2 kleine Kürbisse [Kürbisse]", "1 Möhre [Möhre]"],
        ["Pürieren."],
    ),
]

FRENCH = [
    _recipe(
        "fr",
        "Soupe à l'oignon",
        "Soupe, Bistrot",
        ["6 oignons jaunes [oignons]", "1 l de bouillon de bœuf [bouillon de bœuf]"],
        ["Faire fondre à feu doux."],
    ),
    _recipe(
        "fr",
        "Œufs cocotte",
        "Entrée",
        ["4 œufs [œufs]", "20 cl de crème fraîche [crème fraîche]"],
        ["Cuire au bain-marie."],
    ),
    _recipe(
        "fr",
        "Crème brûlée",
        "Dessert",
        ["6 jaunes d’œuf [jaunes d’œuf]", "50 cl de lait [lait]"],
        ["Caraméliser sous le gril."],
    ),
    _recipe(
        "fr",
        "Petits gâteaux au beurre",
        "Goûter",
        ["250 g de farine [farine]", "125 g de beurre demi-sel [beurre demi-sel]"],
        ["Étaler la pâte, puis enfourner."],
    ),
    _recipe(
        "fr",
        "Gâteau de Savoie",
        "Goûter",
        ["100 g de fécule [fécule]", "1 noix de beurre [beurre]"],
        ["Monter les blancs en neige."],
    ),
    _recipe(
        "fr",
        "Gratin de chou-fleur",
        "Légumes",
        ["1 chou-fleur [chou-fleur]", "1 oignon [oignon]"],
        ["Faire gratiner."],
    ),
    _recipe(
        "fr",
        "Choux farcis",
        "Légumes",
        ["2 choux verts [choux verts]", "300 g de chair à saucisse [chair à saucisse]"],
        ["Farcir et ficeler.", "Servir avec du riz."],
    ),
]

ITALIAN = [
    _recipe(
        "it",
        "Funghi trifolati",
        "Contorno",
        ["500 g di funghi [funghi]", "1 spicchio d'aglio [aglio]"],
        ["Saltare a fuoco vivo."],
    ),
    _recipe(
        "it",
        "Vellutata d'autunno",
        "Zuppa",
        ["1 fungo porcino [fungo porcino]", "2 spicchi d'aglio [aglio]"],
        ["Frullare bene."],
    ),
    _recipe(
        "it",
        "Carbonara",
        "Primo",
        ["4 uova [uova]", "150 g di guanciale [guanciale]"],
        ["Mantecare fuori dal fuoco."],
    ),
    _recipe(
        "it",
        "Crostata di pesche",
        "Dolce",
        ["5 pesche [pesche]", "1 uovo [uovo]"],
        ["Cuocere in forno."],
    ),
    _recipe(
        "it",
        "Pesce al sale",
        "Secondo",
        ["1 orata [orata]", "2 kg di sale grosso [sale grosso]"],
        ["Rompere la crosta a tavola."],
    ),
    _recipe(
        "it",
        "Tiramisù",
        "Dolce",
        ["500 g di mascarpone [mascarpone]", "200 g di savoiardi [savoiardi]"],
        ["Riposare una notte."],
    ),
]

OTHERS = [
    _recipe(
        "es",
        "Tortilla de patatas",
        "Tapas",
        ["6 huevos [huevos]", "4 patatas [patatas]", "1 cebolla [cebolla]"],
        ["Cuajar por los dos lados."],
    ),
    _recipe(
        "es",
        "Pan dulce",
        "Merienda",
        ["1 huevo [huevo]", "100 g de nueces [nueces]"],
        ["Hornear."],
    ),
    _recipe(
        "nl",
        "Appeltaart",
        "Gebak",
        ["5 appels [appels]", "2 eieren [eieren]"],
        ["Een uur bakken."],
    ),
    _recipe(
        "ja",
        "味噌汁",
        "和食",
        ["味噌 大さじ2 [味噌]", "豆腐 1丁 [豆腐]"],
        ["沸騰させないように味噌を溶く。"],
    ),
    _recipe(
        "ja",
        "トマトサラダ",
        "サラダ",
        ["トマト 3個 [トマト]", "味りん 少々 [味りん]"],
        ["冷蔵庫で冷やす。"],
    ),
    _recipe(
        "ru",
        "Борщ",
        "Супы",
        ["2 свёклы [свёкла]", "3 картофелины [картофель]"],
        ["Подавать со сметаной."],
    ),
    _recipe(
        "da",
        "Smørrebrød",
        "Frokost",
        ["4 skiver rugbrød [rugbrød]", "1 rødløg [rødløg]"],
        ["Anret smukt."],
    ),
    _recipe(
        "en",
        "Ratatouille",
        "Vegan",
        ["2 courgettes [courgettes]", "1 aubergine [aubergine]", "4 tomatoes [tomatoes]"],
        ["Stew gently with cake-like patience."],
        group="For the tomato base",
    ),
]

RECIPES = [*ENGLISH, *GERMAN, *FRENCH, *ITALIAN, *OTHERS]

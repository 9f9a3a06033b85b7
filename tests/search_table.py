"""What each query must find among the recipes of `search_corpus`: the contract of search.

Newest first means the order in which the recipes were written, the last one first.
"""

# ruff: noqa: RUF001 - apostrophes, dashes and letters of other scripts are what is tested

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A query and the titles it must give."""

    group: str
    query: str
    titles: tuple[str, ...]
    #: Whether the titles stand in their order, best first.
    is_ordered: bool = False
    #: What was searched instead, and is said.
    corrected: str | None = None

    def __str__(self) -> str:
        return f"{self.group}: {self.query}"

    def is_answered_by(self, titles: list[str]) -> bool:
        """Whether these are the titles, and in their order where there is one."""
        return (
            tuple(titles) == self.titles
            if self.is_ordered
            else (sorted(titles) == sorted(self.titles))
        )


def _group(name: str, rows: dict[str, tuple[str, ...]]) -> list[Row]:
    return [Row(name, query, titles) for query, titles in rows.items()]


def _ranked(name: str, rows: dict[str, tuple[str, ...]]) -> list[Row]:
    return [Row(name, query, titles, is_ordered=True) for query, titles in rows.items()]


def _corrected(rows: dict[str, tuple[str, tuple[str, ...]]]) -> list[Row]:
    return [
        Row("one typo", query, titles, corrected=meant) for query, (meant, titles) in rows.items()
    ]


STIR_FRIES = ("Beef Stir-Fry", "Vegetable Stir Fry", "Tofu Stirfry")
FUNGHI = ("Funghi trifolati", "Vellutata d'autunno")

ORDER_OF_WORDS = _group(
    "order of words",
    {
        "tomato soup": ("Tomato Soup",),
        "soup tomato": ("Tomato Soup",),
        "cake apple flour": ("Apple Cake",),
        "eggs rice peas": ("Egg-Fried Rice",),
        "peas   eggs \t rice": ("Egg-Fried Rice",),
        "con chili beans": ("Jack's Chili con Carne",),
        "dinner pasta": ("Walnut Pesto Pasta",),
        "tomato dinner": (),
        "chicken chicken chicken": ("Lemon Roast Chicken",),
    },
)

PREFIXES = _group(
    "prefix",
    {
        "brocc": ("Vegetable Stir Fry",),
        "stra": ("Strawberry Jam", "Overnight Oats"),
        "gin jui": ("Carrot and Ginger Juice",),
        "zwieb": ("Zwiebelkuchen", "Käsespätzle"),
        "egg": ("Apple Cake", "Egg-Fried Rice", "Eggplant Curry"),
        "occoli": (),
        "kuchen": (),
        "stir-f": ("Beef Stir-Fry", "Vegetable Stir Fry", "Tofu Stirfry"),
    },
)

FOLDING = _group(
    "case and accents",
    {
        "TOMATO SOUP": ("Tomato Soup",),
        "creme brulee": ("Crème brûlée",),
        "CRÈME BRÛLÉE": ("Crème brûlée",),
        "cre\u0300me bru\u0302le\u0301e": ("Crème brûlée",),
        "tiramisu": ("Tiramisù",),
        "entree": ("Œufs cocotte",),
        "œufs cocotte": ("Œufs cocotte",),
        "OEUFS cocotte": ("Œufs cocotte",),
        "kasespatzle": ("Käsespätzle",),
        "kaesespaetzle": ("Käsespätzle",),
        "Käsespätzle": ("Käsespätzle",),
        "weisse sosse": ("Weiße Soße",),
        "WEIẞE SOẞE": ("Weiße Soße",),
        "huehnerbruehe": ("Hühnerbrühe",),
        "grüne soße": ("Gruene Sosse",),
        "kräuter": ("Gruene Sosse",),
        "smorrebrod": ("Smørrebrød",),
        "smoerrebroed": ("Smørrebrød",),
        "rugbrød": ("Smørrebrød",),
        "ｔｏｆｕ": ("Tofu Stirfry",),
    },
)

HYPHENS = _group(
    "hyphens and apostrophes",
    {
        "stir-fry": STIR_FRIES,
        "stirfry": STIR_FRIES,
        "stir fry": STIR_FRIES,
        "STIR‐FRY": STIR_FRIES,
        "stir-fries": STIR_FRIES,
        "stirfries": STIR_FRIES,
        "gluten-free": ("Gluten-Free Brownies",),
        "gluten free": ("Gluten-Free Brownies",),
        "glutenfree": ("Gluten-Free Brownies",),
        "makeahead": ("Jack's Chili con Carne",),
        "make-ahead": ("Jack's Chili con Carne",),
        "make ahead": ("Jack's Chili con Carne",),
        "spring-onions": ("Beef Stir-Fry", "Vegetable Stir Fry"),
        "spring-onion": ("Beef Stir-Fry", "Vegetable Stir Fry"),
        "springonion": ("Beef Stir-Fry", "Vegetable Stir Fry"),
        "choufleur": ("Gratin de chou-fleur",),
        "bain marie": ("Œufs cocotte",),
        "jack's chili": ("Jack's Chili con Carne",),
        "jack’s chili": ("Jack's Chili con Carne",),
        "jacks chili": ("Jack's Chili con Carne",),
        "jack chili": ("Jack's Chili con Carne",),
        "ohara": ("Jack's Chili con Carne",),
        "l'oignon": ("Soupe à l'oignon", "Gratin de chou-fleur"),
        "soupe à l’oignon": ("Soupe à l'oignon",),
        "d'autunno": ("Vellutata d'autunno",),
        "d’œuf": ("Œufs cocotte", "Crème brûlée"),
        "egg fried": ("Egg-Fried Rice",),
    },
)

PLURALS = _group(
    "plural and singular",
    {
        "tomatoes": ("Tomato Soup", "Slow Tomato Paste", "Ratatouille"),
        "onion": ("Tomato Soup", "Beef Stir-Fry", "Vegetable Stir Fry"),
        "strawberry": ("Strawberry Jam", "Overnight Oats"),
        "strawberries": ("Strawberry Jam", "Overnight Oats"),
        "leaf": ("Jack's Chili con Carne", "Walnut Pesto Pasta", "Slow Tomato Paste"),
        "leaves": ("Jack's Chili con Carne", "Walnut Pesto Pasta", "Slow Tomato Paste"),
        "knife": ("Lemon Roast Chicken",),
        "loaves": ("Banana Bread",),
        "half": ("Banana Bread", "Slow Tomato Paste"),
        "zwiebeln": ("Zwiebelkuchen", "Käsespätzle"),
        "apfel": ("Bratäpfel mit Nüssen", "Strudel von Oma"),
        "äpfel": ("Bratäpfel mit Nüssen", "Strudel von Oma"),
        "aepfel": ("Bratäpfel mit Nüssen", "Strudel von Oma"),
        "walnuss": ("Bratäpfel mit Nüssen",),
        "nuss": ("Bratäpfel mit Nüssen",),
        "ei oma": ("Strudel von Oma",),
        "eier": ("Zwiebelkuchen", "Strudel von Oma", "Appeltaart"),
        "möhre": ("Hühnerbrühe", "Rahmsuppe vom Kürbis"),
        "möhren": ("Hühnerbrühe", "Rahmsuppe vom Kürbis"),
        "kürbis": ("Rahmsuppe vom Kürbis",),
        "kürbisse": ("Rahmsuppe vom Kürbis",),
        "lorbeerblätter": ("Weiße Soße", "Hühnerbrühe"),
        "lorbeerblatt": ("Weiße Soße", "Hühnerbrühe"),
        "gâteaux": ("Petits gâteaux au beurre", "Gâteau de Savoie"),
        "gateau": ("Petits gâteaux au beurre", "Gâteau de Savoie"),
        "choux": ("Choux farcis", "Gratin de chou-fleur"),
        "chou": ("Choux farcis", "Gratin de chou-fleur"),
        "œuf": ("Œufs cocotte", "Crème brûlée"),
        "oeufs": ("Œufs cocotte", "Crème brûlée"),
        "fungo": FUNGHI,
        "funghi": FUNGHI,
        "spicchi": FUNGHI,
        "uovo": ("Carbonara", "Crostata di pesche"),
        "uova": ("Carbonara", "Crostata di pesche"),
        "pesca": ("Crostata di pesche",),
        "huevo": ("Tortilla de patatas", "Pan dulce"),
        "huevos": ("Tortilla de patatas", "Pan dulce"),
        "nuez": ("Pan dulce",),
        "appels": ("Appeltaart",),
        "eieren": ("Appeltaart",),
        "pasta": ("Walnut Pesto Pasta",),
        "свекла": ("Борщ",),
    },
)

SCRIPTS = _group(
    "other scripts",
    {
        "味噌": ("味噌汁",),
        "味": ("味噌汁", "トマトサラダ"),
        "噌汁": ("味噌汁",),
        "味汁": (),
        "トマト": ("トマトサラダ",),
        "とまと": ("トマトサラダ",),
        "ﾄﾏﾄ": ("トマトサラダ",),
        "サラダ トマト": ("トマトサラダ",),
        "борщ": ("Борщ",),
        "БОР": ("Борщ",),
        "картофель": ("Борщ",),
    },
)

TYPOS = _corrected(
    {
        "tofo": ("tofu", ("Tofu Stirfry",)),
        "brocoli": ("broccoli", ("Vegetable Stir Fry",)),
        "chikcen": ("chicken", ("Lemon Roast Chicken",)),
        "strawbery": ("strawberry", ("Strawberry Jam", "Overnight Oats")),
        "musroom": ("mushroom", ("Cream of Mushroom",)),
        "bananna bread": ("banana bread", ("Banana Bread",)),
        "lemom chicken": ("lemon chicken", ("Lemon Roast Chicken",)),
        "tomatp soup": ("tomato soup", ("Tomato Soup",)),
        "Tomatp  SOUP": ("tomato  SOUP", ("Tomato Soup",)),
        "pestp -chicken": ("pesto -chicken", ("Walnut Pesto Pasta",)),
        "carbonarra": ("carbonara", ("Carbonara",)),
        "zwiebelkuhcen": ("zwiebelkuchen", ("Zwiebelkuchen",)),
        "käsesätzle": ("kasespatzle", ("Käsespätzle",)),
        "boullon": ("bouillon", ("Soupe à l'oignon",)),
        "tiramsu": ("tiramisu", ("Tiramisù",)),
    }
)

NOT_ONE_TYPO = _group(
    "not one typo",
    {
        "tirasimu": (),
        "tof": ("Tofu Stirfry",),
        "taf": (),
        '"tomatp"': (),
        "1800": (),
        "tomatp suop": (),
        # Both words find something by themselves, so they are taken as meant.
        "soupe tofu": (),
    },
)

PHRASES = _group(
    "phrase",
    {
        "sour cream": ("Chive Dip", "Cream of Mushroom"),
        '"sour cream"': ("Chive Dip",),
        '"sour cream': ("Chive Dip",),
        "“sour cream”": ("Chive Dip",),
        "„saure Sahne“": ("Zwiebelkuchen",),
        "« crème fraîche »": ("Œufs cocotte",),
        '"creme fraiche"': ("Œufs cocotte",),
        '"cream sour"': (),
        '"sour crea"': (),
        '"stir fry"': ("Beef Stir-Fry", "Vegetable Stir Fry"),
        '"stir-fry"': ("Beef Stir-Fry", "Vegetable Stir Fry"),
        '"tomato"': ("Tomato Soup", "Slow Tomato Paste", "Ratatouille"),
        '"apples flour"': (),
        '"soupe à l\'oignon"': ("Soupe à l'oignon",),
        '"soup vegan"': (),
        'soup "vegetable stock"': ("Tomato Soup",),
        '"two sharp knives" chicken': ("Lemon Roast Chicken",),
    },
)

EXCLUSIONS = _group(
    "minus",
    {
        "tomato -soup": ("Slow Tomato Paste", "Ratatouille"),
        "stir fry -tofu": ("Beef Stir-Fry", "Vegetable Stir Fry"),
        "vegan -stir-fry": ("Tomato Soup", "Eggplant Curry", "Ratatouille"),
        "vegan -stirfry": ("Tomato Soup", "Eggplant Curry", "Ratatouille"),
        'cream -"sour cream"': ("Cream of Mushroom",),
        "vegan -egg": ("Tomato Soup", "Vegetable Stir Fry", "Eggplant Curry", "Ratatouille"),
        "quick -egg": ("Beef Stir-Fry", "Vegetable Stir Fry"),
        "quick -eggs": ("Beef Stir-Fry", "Vegetable Stir Fry"),
        "curry -nut": ("Eggplant Curry",),
        "dinner −pasta": ("Beef Stir-Fry", "Jack's Chili con Carne"),
        "gâteau -noix": ("Petits gâteaux au beurre",),
        "-tomato": (),
        "soup --- -": ("Tomato Soup", "Soupe à l'oignon"),
        "broccoli -broccoli": (),
    },
)

RANKING = _ranked(
    "title before tag or food before line before step, newest first",
    {
        "soup": ("Tomato Soup", "Soupe à l'oignon"),
        "carrot": ("Carrot and Ginger Juice", "Vegetable Stir Fry"),
        "cream": ("Cream of Mushroom", "Chive Dip"),
        "stock": ("Tomato Soup", "Lemon Roast Chicken"),
        "cake": ("Apple Cake", "Ratatouille"),
        "rice": ("Egg-Fried Rice", "Eggplant Curry"),
        "tomato": ("Slow Tomato Paste", "Tomato Soup", "Ratatouille"),
        "leaf": ("Walnut Pesto Pasta", "Jack's Chili con Carne", "Slow Tomato Paste"),
        "vegan": ("Ratatouille", "Eggplant Curry", "Vegetable Stir Fry", "Tomato Soup"),
        "dessert": ("Crème brûlée", "Gluten-Free Brownies", "Apple Cake"),
        "goûter": ("Gâteau de Savoie", "Petits gâteaux au beurre"),
        "gâteau": ("Gâteau de Savoie", "Petits gâteaux au beurre"),
        "gâteaux": ("Petits gâteaux au beurre", "Gâteau de Savoie"),
        "egg": ("Egg-Fried Rice", "Eggplant Curry", "Apple Cake"),
        "wok quick": ("Egg-Fried Rice", "Beef Stir-Fry"),
    },
)

NUMBERS = _group(
    "numbers",
    {
        "180": ("Apple Cake",),
        "180°C": ("Apple Cake",),
        "180 °C": ("Apple Cake",),
        "200°C": ("Zwiebelkuchen",),
        '"200 °C"': ("Zwiebelkuchen",),
        "18": (),
        "1/2 cup": ("Overnight Oats",),
        "½ cup": ("Overnight Oats",),
        "1⁄2 cup": ("Overnight Oats",),
        "1 1/2 cups": ("Overnight Oats",),
        "1½ cups": ("Overnight Oats",),
        "500 g beef": ("Jack's Chili con Carne",),
        "500g beef": ("Jack's Chili con Carne",),
        "500g mushrooms": ("Cream of Mushroom",),
        "٤ minutes": ("Strawberry Jam",),
    },
)

HOSTILE = _group(
    "no other syntax",
    {
        "tomato AND soup": (),
        "tomato OR soup": (),
        "NEAR(tomato soup)": (),
        "tomato*": ("Tomato Soup", "Slow Tomato Paste", "Ratatouille"),
        "title:tomato": (),
        "^tomato": ("Tomato Soup", "Slow Tomato Paste", "Ratatouille"),
        "(tomato": ("Tomato Soup", "Slow Tomato Paste", "Ratatouille"),
        "tofu' OR 1=1 --": (),
        "tofu%": ("Tofu Stirfry",),
        "t_fu": (),
        "tofu:* & !soup": (),
        "tofu:* & pepper:": ("Tofu Stirfry",),
        "tofu\\": ("Tofu Stirfry",),
        "{{tofu}}": ("Tofu Stirfry",),
        '"tofu""" "': ("Tofu Stirfry",),
        "1entomato": (),
        "2gap": (),
        "0asit": (),
        "\u202etofu\ufeff": ("Tofu Stirfry",),
        "😀 tofu": ("Tofu Stirfry",),
        "x" * 200: (),
        "-" * 200: (),
        '"' * 200: (),
    },
)

NOTHING = _group(
    "nothing wanted, or nothing there",
    {
        "!!!": (),
        '- -- "" \'': (),
        "😀": (),
        '-nuts -"sour cream"': (),
        "sauerbraten": (),
        "tomato sauerbraten": (),
        "zz": (),
    },
)

ROWS = [
    *ORDER_OF_WORDS,
    *PREFIXES,
    *FOLDING,
    *HYPHENS,
    *PLURALS,
    *SCRIPTS,
    *TYPOS,
    *NOT_ONE_TYPO,
    *PHRASES,
    *EXCLUSIONS,
    *RANKING,
    *NUMBERS,
    *HOSTILE,
    *NOTHING,
]

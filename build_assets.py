"""Makes the two web fonts from the font packages that the build requires.

As hatchling's build hook it runs whenever a wheel is built; `python build_assets.py` does the same
for a checkout. The results lie in `potluck/static/fonts` and are not kept in the repository. Pages
work without them: the style sheets fall back to the system's fonts.
"""

from importlib.resources import files
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: Latin, punctuation, currency, fractions, arrows, minus and division slash.
CHARACTERS = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,"
    "U+20AC,U+2122,U+2150-215F,U+2190-2193,U+2212,U+2215"
)
#: Kerning and ligatures, tabular and lining figures, fractions.
FEATURES = [
    *("kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk"),
    *("tnum", "lnum", "frac", "numr", "dnom", "rvrn"),
]
#: Name, package, file in it, weights that the style sheets use.
FONTS = [
    ("domine", "fontpkg_domine", "Domine[wght].ttf", (400, 700)),
    ("figtree", "fontpkg_figtree", "Figtree[wght].ttf", (300, 900)),
]
FOLDER = Path("potluck", "static", "fonts")


def build_fonts(folder: Path) -> list[Path]:
    """Writes the fonts as woff2, each with its licence beside it; gives the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, package, file, weights in FONTS:
        font = TTFont(files(package) / "files" / file, recalcTimestamp=False)
        options = subset.Options(flavor="woff2", hinting=False, layout_features=FEATURES)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=subset.parse_unicodes(CHARACTERS))
        # Subset first: the instancer drops glyph variations that the subsetter expects.
        subsetter.subset(font)
        font = instancer.instantiateVariableFont(font, {"wght": weights})
        target, licence = folder / f"{name}.woff2", folder / f"{name}.OFL.txt"
        subset.save_font(font, target, options)
        licence.write_bytes((files(package) / "LICENSE").read_bytes())
        written += [target, licence]
    return written


class FontsBuildHook(BuildHookInterface[BuilderConfig]):
    """Builds the fonts and adds them to the wheel although git ignores them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        build_fonts(Path(self.root) / FOLDER)
        build_data["artifacts"].append(f"/{FOLDER.as_posix()}/*")


if __name__ == "__main__":
    for path in build_fonts(Path(__file__).parent / FOLDER):
        print(path.relative_to(Path(__file__).parent), path.stat().st_size)  # noqa: T201

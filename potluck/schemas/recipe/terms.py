"""The words that members of a recipe choose from."""

from typing import Literal

Status = Literal["draft", "published", "archived"]
Visibility = Literal["private", "household", "instance", "link", "public"]
ImportedVia = Literal["url", "html"]
TagKind = Literal["category", "course", "cuisine", "diet", "occasion", "method", "free"]
LineKind = Literal["ingredient", "text"]
ScalingKind = Literal["linear", "fixed", "stepped"]
TimerSource = Literal["typed", "detected"]
NutritionBasis = Literal["per_serving", "per_100g", "per_recipe"]
NutritionSource = Literal["manual", "imported", "computed"]
NutrientCode = Literal[
    "energy",
    "fat",
    "saturated_fat",
    "trans_fat",
    "unsaturated_fat",
    "carbohydrate",
    "sugar",
    "fiber",
    "protein",
    "sodium",
    "salt",
    "cholesterol",
]
RevisionReason = Literal["create", "edit", "import", "restore", "merge", "bulk"]

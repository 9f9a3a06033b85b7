"""What search engines want of a recipe, as a schema: https://schema.org/Recipe and its parts.

Unknown members are refused, so a name that is not of the vocabulary fails a test.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

#: ISO 8601, 5.5.2.2, in the units that kitchens need.
Duration = Annotated[str, StringConstraints(pattern=r"^PT(\d+H(\d+M)?(\d+S)?|\d+M(\d+S)?|\d+S)$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$")]
Words = Annotated[str, StringConstraints(min_length=1)]
Energy = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)? (kcal|kJ)$")]
Mass = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)? (g|mg|µg)$")]
Diet = Annotated[str, StringConstraints(pattern=r"^https://schema\.org/[A-Z]\w+Diet$")]


class _Thing(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Person(_Thing):
    type: Literal["Person"] = Field(alias="@type")
    name: Words


class Organization(_Thing):
    type: Literal["Organization"] = Field(alias="@type")
    name: Words


class HowToStep(_Thing):
    type: Literal["HowToStep"] = Field(alias="@type")
    text: Words
    name: Words | None = None
    url: Url


class HowToSection(_Thing):
    type: Literal["HowToSection"] = Field(alias="@type")
    name: Words
    itemListElement: list[HowToStep] = Field(min_length=1)  # noqa: N815 - the vocabulary's name


class NutritionInformation(_Thing):
    type: Literal["NutritionInformation"] = Field(alias="@type")
    servingSize: Words | None = None  # noqa: N815
    calories: Energy | None = None
    fatContent: Mass | None = None  # noqa: N815
    saturatedFatContent: Mass | None = None  # noqa: N815
    transFatContent: Mass | None = None  # noqa: N815
    unsaturatedFatContent: Mass | None = None  # noqa: N815
    carbohydrateContent: Mass | None = None  # noqa: N815
    sugarContent: Mass | None = None  # noqa: N815
    fiberContent: Mass | None = None  # noqa: N815
    proteinContent: Mass | None = None  # noqa: N815
    sodiumContent: Mass | None = None  # noqa: N815
    cholesterolContent: Mass | None = None  # noqa: N815


class Recipe(_Thing):
    """A recipe on a page that everybody may see."""

    context: Literal["https://schema.org"] = Field(alias="@context")
    type: Literal["Recipe"] = Field(alias="@type")
    name: Words
    url: Url
    mainEntityOfPage: Url  # noqa: N815
    image: list[Url] | None = Field(None, min_length=1)
    author: Person | Organization
    publisher: Organization
    datePublished: AwareDatetime = Field(strict=False)  # noqa: N815
    dateModified: AwareDatetime = Field(strict=False)  # noqa: N815
    description: Words | None = None
    inLanguage: Words  # noqa: N815
    isBasedOn: Url | None = None  # noqa: N815
    recipeCategory: list[Words] | None = Field(None, min_length=1)  # noqa: N815
    recipeCuisine: list[Words] | None = Field(None, min_length=1)  # noqa: N815
    cookingMethod: list[Words] | None = Field(None, min_length=1)  # noqa: N815
    suitableForDiet: list[Diet] | None = Field(None, min_length=1)  # noqa: N815
    keywords: Words | None = None
    recipeYield: list[Words] | None = Field(None, min_length=1, max_length=2)  # noqa: N815
    prepTime: Duration | None = None  # noqa: N815
    cookTime: Duration | None = None  # noqa: N815
    totalTime: Duration | None = None  # noqa: N815
    tool: list[Words] | None = Field(None, min_length=1)
    recipeIngredient: list[Words] | None = Field(None, min_length=1)  # noqa: N815
    recipeInstructions: list[HowToStep | HowToSection] | None = Field(  # noqa: N815
        None, min_length=1
    )
    nutrition: NutritionInformation | None = None

"""Households and the people in them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import MISSING

from potluck.domain.roles import Role
from potluck.schemas.base import EntityOut, In, Out, Patch
from potluck.schemas.types import CurrencyCode, Instant, LanguageTag, Text, TimeZoneName
from potluck.schemas.user import Email, UnitSystem

HouseholdName = Annotated[str, Text(1, 100)]
WeekStart = Literal["monday", "sunday", "saturday"]
DefaultVisibility = Literal["private", "household", "instance"]


class HouseholdCreate(In):
    """A new household; the caller becomes its owner."""

    name: HouseholdName
    locale: LanguageTag = "en"
    unit_system: UnitSystem = "original"
    currency: CurrencyCode = "EUR"
    time_zone: TimeZoneName = "UTC"
    week_start: WeekStart = "monday"
    default_visibility: DefaultVisibility = "household"


class HouseholdUpdate(Patch):
    """What owners and admins may change."""

    name: HouseholdName | MISSING = MISSING
    locale: LanguageTag | MISSING = MISSING
    unit_system: UnitSystem | MISSING = MISSING
    currency: CurrencyCode | MISSING = MISSING
    time_zone: TimeZoneName | MISSING = MISSING
    week_start: WeekStart | MISSING = MISSING
    default_visibility: DefaultVisibility | MISSING = MISSING


class HouseholdInDB(HouseholdCreate):
    """A household with what the server adds."""

    slug: str


class Household(EntityOut):
    """A household, as its members see it."""

    name: str
    slug: str
    locale: str
    unit_system: UnitSystem
    currency: str
    time_zone: str
    week_start: WeekStart
    default_visibility: DefaultVisibility


class TrashedHousehold(Household):
    """A household in the trash; it is removed for good at `purge_at`."""

    deleted_at: Instant
    purge_at: Instant


class TransferRequest(In):
    """The member who is to own the household."""

    user_id: UUID


class MemberCreate(In):
    """Whom to add, by the address of their account, and as what."""

    email: Email
    role: Role


class MemberUpdate(Patch):
    """A new role."""

    role: Role | MISSING = MISSING


class MembershipInDB(In):
    """A membership row."""

    household_id: UUID
    user_id: UUID
    role: Role


class Member(Out):
    """A person in a household; no address."""

    user_id: UUID
    display_name: str
    role: Role
    joined_at: Instant


__all__ = [
    "DefaultVisibility",
    "Household",
    "HouseholdCreate",
    "HouseholdInDB",
    "HouseholdUpdate",
    "Member",
    "MemberCreate",
    "MemberUpdate",
    "MembershipInDB",
    "TransferRequest",
    "TrashedHousehold",
    "WeekStart",
]

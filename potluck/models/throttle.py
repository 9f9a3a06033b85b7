"""Counters that slow down who asks too often, shared by all replicas."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Base


class RateLimit(Base):
    """One budget in use: `arrives_us` is the theoretical arrival time of the next request.

    Microseconds since 1970 (generic cell rate algorithm, ITU-T I.371): one number says all that a
    sliding window would. `key` is a digest of whom and what it counts.
    """

    __tablename__ = "rate_limit"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    arrives_us: Mapped[int] = mapped_column(BigInteger, index=True)


class SignInFailure(Base):
    """Attempts to sign in to one account since the last that succeeded.

    `key` is a digest of the address, whether an account has it or not; times in microseconds
    since 1970.
    """

    __tablename__ = "sign_in_failure"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    attempts: Mapped[int]
    blocked_until_us: Mapped[int] = mapped_column(BigInteger)
    last_at_us: Mapped[int] = mapped_column(BigInteger, index=True)

"""How mail leaves: by a server, into files, or not at all."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from potluck.core.setting_section import Section

#: The registered ports: submission (RFC 6409), submission over TLS (RFC 8314), relay (RFC 5321).
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"


def _server(value: str) -> str:
    try:
        return str(ip_address(value))
    except ValueError:
        pass
    if re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", value) is None:
        raise ValueError("use a name like smtp.example.org or an address, without a port")
    return value.lower()


def _address(value: str) -> str:
    local, _, host = value.rpartition("@")
    is_plain = value.isascii() and value.isprintable() and not set(value) & set(' <>(),;:\\"[]')
    if not is_plain or not local or not host or "@" in local:
        raise ValueError("use an address like potluck@example.org, in ASCII")
    return value


class MailSettings(Section):
    backend: Literal["smtp", "file", "memory", "none"] | None = Field(
        None, description="Where mails go; left out, smtp if there is a host, else file."
    )
    host: Annotated[str, AfterValidator(_server)] | None = Field(
        None, description="Name of the mail server."
    )
    port: int | None = Field(
        None, ge=1, le=65535, description="Its port; left out, 587, 465 or 25 by the security."
    )
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="TLS after the greeting, from the first byte, or none."
    )
    ca_file: Path | None = Field(
        None, description="Certificates (PEM) to trust besides those of the system."
    )
    username: str | None = Field(None, min_length=1, description="Name to sign in there with.")
    password: SecretStr | None = Field(None, description="Its password.")
    from_address: Annotated[str, AfterValidator(_address)] | None = Field(
        None, description="Who mails are from; left out, potluck@ the host of the base_url."
    )
    from_name: str = Field(
        "Potluck", min_length=1, max_length=100, description="The name shown beside it."
    )
    timeout_s: float = Field(
        30.0, gt=0, le=300, description="Longest delivery of one mail to the server."
    )
    preview: bool = Field(
        False, description="Serve /mail-preview with a sample of every mail; refused with https."
    )

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "MailSettings":
        if self.backend == "smtp" and self.host is None:
            raise ValueError("smtp needs the name of a mail server: set host")
        if (self.username is None) != (self.password is None):
            raise ValueError("give username and password, or neither")
        if self.username is not None and self.security == "none" and not self.is_this_machine:
            raise ValueError("a password is not sent without TLS: set security to starttls or tls")
        return self

    @property
    def way(self) -> Literal["smtp", "file", "memory", "none"]:
        """Where mails go, decided."""
        return self.backend or ("smtp" if self.host is not None else "file")

    @property
    def server_port(self) -> int:
        """The port of the server, decided."""
        return self.port or _PORTS[self.security]

    @property
    def is_this_machine(self) -> bool:
        """Whether the server is reached without crossing a network."""
        try:
            return ip_address(self.host or "").is_loopback
        except ValueError:
            return self.host == "localhost"

"""What we take for an e-mail address, and the key under which two are the same."""

import re
import unicodedata

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
#: Case folding makes some letters three (the ligature "ffi"); the column holds twice the address.
KEY_MAX_LENGTH = 512
#: One @, a local part without blanks or controls, a host name of at least one label. Stricter rules
#: refuse working addresses (RFC 6531 allows nearly every letter); only a mail proves more.
_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]{1,64}@[^\s@<>(),;:\\\"\[\]\x00-\x20]+")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")


def is_email_address(text: str) -> bool:
    """Whether `text` has the form of an address; says nothing about who reads it."""
    if len(text) > MAX_LENGTH or _ADDRESS.fullmatch(text) is None:
        return False
    if len(email_key(text)) > KEY_MAX_LENGTH:
        return False
    local, _, host = text.rpartition("@")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return False
    return all(_LABEL.fullmatch(label) for label in host.split("."))


def email_key(text: str) -> str:
    """The form in which an address is unique: NFC and without regard to letter case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())

"""The Ed25519 keys of access tokens (RFC 8032, as JWK: RFC 8037)."""

from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OctKey, OKPKey


def generate() -> OKPKey:
    """A new private key; its key id is its RFC 7638 thumbprint."""
    return _named(OKPKey.generate_key("Ed25519"))


def export_private(key: OKPKey) -> bytes:
    """The 32 secret bytes of a key, to be sealed and stored. Raises ValueError for a public key."""
    if not isinstance(key.private_key, Ed25519PrivateKey):
        raise ValueError("the key has no private part")  # noqa: TRY004 - a value, not a type
    return key.private_key.private_bytes_raw()


def import_private(data: bytes) -> OKPKey:
    """The key that `export_private` wrote, under the same key id. ValueError if not 32 bytes."""
    return _named(OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(data)))


def _named(key: OKPKey) -> OKPKey:
    key.ensure_kid()
    return key


def key_id(key: OKPKey) -> str:
    """The key id: the RFC 7638 thumbprint, 43 characters."""
    return key.thumbprint()


class SigningKeys:
    """The key that signs, and those that only verify: around a rotation the next and the old.

    `envelope_keys` are those of `potluck.core.envelope`, by the id of their signing key.
    """

    def __init__(
        self,
        active: OKPKey,
        verify_only: Iterable[OKPKey] = (),
        envelope_keys: Mapping[str, OctKey] | None = None,
    ) -> None:
        export_private(active)
        self.active = active
        self._envelope_keys = envelope_keys or {}
        self._by_id = {key_id(key): key for key in (active, *verify_only)}

    def get(self, kid: str) -> OKPKey | None:
        """The key of this id, None if there is none; ids are compared, never resolved."""
        return self._by_id.get(kid)

    def envelope_key(self, kid: str) -> OctKey | None:
        """The key of the envelopes around what the key of this id signs; None for a stranger."""
        return self._envelope_keys.get(kid) if kid in self._by_id else None

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """The public parts as a JWK set (RFC 7517 section 5), to be published."""
        return {
            "keys": [
                {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "Ed25519"}
                | {"kid": kid, "x": key.as_dict(private=False)["x"]}
                for kid, key in self._by_id.items()
            ]
        }

    def __repr__(self) -> str:
        return f"SigningKeys({', '.join(self._by_id)})"

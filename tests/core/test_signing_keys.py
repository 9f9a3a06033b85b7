"""The keys of access tokens."""

import json

import pytest
from joserfc.jwk import OKPKey

from potluck.core import base64url, signing_keys
from potluck.core.signing_keys import SigningKeys


class TestSigningKeys:
    def test_a_key_survives_export_and_import_with_its_id(self) -> None:
        key = signing_keys.generate()
        again = signing_keys.import_private(signing_keys.export_private(key))
        assert signing_keys.key_id(again) == signing_keys.key_id(key)
        assert again.as_dict(private=True) == key.as_dict(private=True)

    def test_what_is_exported_is_the_32_byte_seed(self) -> None:
        key = signing_keys.generate()
        assert base64url.encode(signing_keys.export_private(key)) == key.as_dict(private=True)["d"]

    def test_two_keys_are_never_the_same(self) -> None:
        ids = {signing_keys.key_id(signing_keys.generate()) for _ in range(50)}
        assert len(ids) == 50

    def test_the_id_is_the_thumbprint_of_rfc_8037_appendix_a3(self) -> None:
        seed = base64url.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
        key = signing_keys.import_private(seed)
        assert signing_keys.key_id(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

    def test_d08_the_published_set_holds_public_parts_of_all_keys_and_nothing_more(self) -> None:
        active, old = signing_keys.generate(), signing_keys.generate()
        published = SigningKeys(active, verify_only=[old]).jwks()
        assert published == {
            "keys": [
                {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "use": "sig",
                    "alg": "Ed25519",
                    "kid": key.thumbprint(),
                    "x": key.as_dict(private=False)["x"],
                }
                for key in (active, old)
            ]
        }
        text = json.dumps(published)
        for key in (active, old):
            assert base64url.encode(signing_keys.export_private(key)) not in text

    def test_a_public_key_cannot_sign_so_it_cannot_be_the_active_one(self) -> None:
        public = OKPKey.import_key(signing_keys.generate().as_dict(private=False))
        with pytest.raises(ValueError, match="no private part"):
            SigningKeys(public)

    def test_d02_an_id_is_compared_never_resolved(self) -> None:
        keys = SigningKeys(signing_keys.generate())
        assert keys.get("../../keys/master.key") is None
        assert keys.get(signing_keys.key_id(keys.active)) is keys.active

    def test_o01_the_text_form_shows_no_secret(self) -> None:
        key = signing_keys.generate()
        secret = signing_keys.export_private(key)
        for text in (repr(SigningKeys(key)), str(SigningKeys(key))):
            assert base64url.encode(secret) not in text
            assert secret.hex() not in text

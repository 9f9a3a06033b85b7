"""Encrypted access tokens that must all be refused, made from one that is accepted.

All that are well encrypted are so under the right key: nothing but the respect in question can be
the reason.
"""

import json
import secrets
import warnings
import zlib
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwe
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from potluck.core import base64url
from tests.core.forgeries import Mint, encoded, forge

Forgeries = list[tuple[str, str]]
NESTED = {"typ": "at+jwt", "cty": "JWT"}


class Sealer:
    """The parts of a genuine envelope, and envelopes with something changed."""

    def __init__(self, genuine: str, inner: str, key: OctKey) -> None:
        self.genuine = genuine
        self.inner = inner
        self.key = key
        self.header: dict[str, Any] = json.loads(base64url.decode(genuine.partition(".")[0]))

    def envelope(
        self, inner: str | bytes | None = None, header: object = None, key: bytes | None = None
    ) -> str:
        """AES-GCM by hand, whatever the header says; what is not given is as in the genuine one."""
        head = encoded(self.header if header is None else header)
        inside = self.inner if inner is None else inner
        nonce = secrets.token_bytes(12)
        data = inside.encode() if isinstance(inside, str) else inside
        box = AESGCM(key or self.key.raw_value).encrypt(nonce, data, head.encode())
        parts = (nonce, box[:-16], box[-16:])
        return ".".join((head, "", *map(base64url.encode, parts)))

    def with_header(self, **members: object) -> str:
        return self.envelope(header=self.header | members)

    def by_the_book(self, key: Any, header: dict[str, Any]) -> str:
        """What a library makes that is asked for other algorithms, of our genuine token."""
        kid = {"kid": self.header["kid"]}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)
            return jwe.encrypt_compact(
                NESTED | kid | header, self.inner, key, algorithms=[header["alg"], header["enc"]]
            )


def forge_sealed(genuine: str, inner: str, key: OctKey, signing_key: OKPKey) -> Forgeries:
    """(name, token) of every forgery of `genuine`, the envelope around `inner` under `key`."""
    sealer = Sealer(genuine, inner, key)
    return [
        *_algorithms(sealer),
        *_compressed(sealer),
        *_headers(sealer),
        *_shapes(sealer),
        *_contents(sealer, Mint(inner, signing_key)),
        *((f"sealed: {name}", sealer.envelope(token)) for name, token in forge(inner, signing_key)),
    ]


def _algorithms(sealer: Sealer) -> Forgeries:
    raw = sealer.key.raw_value
    rsa, ec, short = (
        RSAKey.generate_key(2048),
        ECKey.generate_key("P-256"),
        OctKey.import_key(raw[:16]),
    )
    wide = OctKey.import_key(raw + raw)
    made: list[tuple[Any, dict[str, Any]]] = [
        (rsa, {"alg": "RSA1_5", "enc": "A256GCM"}),
        (rsa, {"alg": "RSA-OAEP", "enc": "A256GCM"}),
        (ec, {"alg": "ECDH-ES", "enc": "A256GCM"}),
        (short, {"alg": "dir", "enc": "A128GCM"}),
        (wide, {"alg": "dir", "enc": "A256CBC-HS512"}),
        (sealer.key, {"alg": "A256KW", "enc": "A256GCM"}),
        (sealer.key, {"alg": "A256GCMKW", "enc": "A256GCM"}),
        (sealer.key, {"alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "p2c": 1000}),
    ]
    real = [
        (
            f"{header['alg']}+{header['enc']}, as a library writes it",
            sealer.by_the_book(key, header),
        )
        for key, header in made
    ]
    algs = ["RSA1_5", "RSA-OAEP", "ECDH-ES", "A256KW", "none", "DIR", "", None, 1, ["dir"]]
    encs = ["A128GCM", "A192GCM", "A256CBC-HS512", "a256gcm", "none", "", None, 1, ["A256GCM"]]
    costly = sealer.with_header(alg="PBES2-HS512+A256KW", p2c=5_000_000, p2s="c2FsdA")
    head, _, *rest = costly.split(".")
    return [
        *real,
        *((f"alg {alg!r}, sealed well", sealer.with_header(alg=alg)) for alg in algs),
        *((f"enc {enc!r}, sealed well", sealer.with_header(enc=enc)) for enc in encs),
        ("p2c 5000000, no key", costly),
        ("p2c 5000000, with a key", ".".join((head, base64url.encode(bytes(40)), *rest))),
        ("p2c beside dir", sealer.with_header(p2c=5_000_000, p2s="c2FsdA")),
    ]


def _compressed(sealer: Sealer) -> Forgeries:
    """A token of which 50 MB come, and one that is small enough to be looked at."""
    header = sealer.header | {"zip": "DEF"}

    def packed(data: bytes) -> bytes:
        return zlib.compress(data, 9, wbits=-zlib.MAX_WBITS)

    return [
        ("zip, 50 MB", sealer.envelope(packed(bytes(50_000_000)), header)),
        ("zip, 5 MB in less than 8 KiB", sealer.envelope(packed(bytes(5_000_000)), header)),
        ("zip of the genuine token", sealer.envelope(packed(sealer.inner.encode()), header)),
        ("zip in name alone", sealer.envelope(header=header)),
        ("compressed, not said", sealer.envelope(packed(sealer.inner.encode()))),
    ]


def _headers(sealer: Sealer) -> Forgeries:
    kid = sealer.header["kid"]
    kids: list[object] = [
        "", "unknown", "unknown.enc", kid.removesuffix(".enc"), kid + ".enc", ".enc", kid.upper(),
        "../../keys/master.key", "' OR 1=1 --", "k" * 5000, None, 0, True, [kid], {"kid": kid},
    ]  # fmt: skip
    extra: dict[str, object] = {
        "crit": ["exp"], "jku": "http://127.0.0.1:9/jwks.json", "jwk": {"kty": "oct", "k": "AAAA"},
        "x5u": "http://127.0.0.1:9/chain.pem", "x5c": ["MIIB"], "epk": {}, "apu": "QQ", "apv": "QQ",
        "iv": "AAAA", "tag": "AAAA", "iss": "https://evil.test", "exp": 9999999999, "b64": False,
    }  # fmt: skip
    text = json.dumps(sealer.header)
    without = [
        (
            f"no {name}",
            sealer.envelope(header={k: v for k, v in sealer.header.items() if k != name}),
        )
        for name in sealer.header
    ]
    twice = [
        (f"{name} twice", sealer.envelope(header=f'{text[:-1]}, "{name}": "{value}"}}'))
        for name, value in sealer.header.items()
    ]
    types = ["JWT", "JWE", "at+JWT", "application/at+jwt", "", None]
    return [
        *(
            (f"kid {type(each).__name__} {str(each)[:60]!r}", sealer.with_header(kid=each))
            for each in kids
        ),
        *((f"header {name}", sealer.with_header(**{name: value})) for name, value in extra.items()),
        *((f"typ {each!r} outside", sealer.with_header(typ=each)) for each in types),
        *((f"cty {each!r}", sealer.with_header(cty=each)) for each in ("jwt", "at+jwt", "", None)),
        *without,
        *twice,
        *((f"header is {value!r}", sealer.envelope(header=value)) for value in ("[]", "null", "{")),
        ("header nested 3000 deep", sealer.envelope(header="[" * 3000)),
        ("header NaN", sealer.envelope(header=text[:-1] + ', "x": NaN}')),
    ]


def _shapes(sealer: Sealer) -> Forgeries:
    head, _, nonce, box, tag = sealer.genuine.split(".")
    general = {
        "protected": head, "iv": nonce, "ciphertext": box, "tag": tag, "recipients": [{}],
    }  # fmt: skip
    flat = {name: value for name, value in general.items() if name != "recipients"}
    data = base64url.decode(box)
    changed = base64url.encode(bytes([data[0] ^ 1]) + data[1:])
    return [
        ("flattened JSON serialisation", json.dumps(flat)),
        ("general JSON serialisation", json.dumps(general)),
        ("an encrypted key", f"{head}.AAAA.{nonce}.{box}.{tag}"),
        ("no nonce", f"{head}...{box}.{tag}"),
        ("a nonce of 8 bytes", f"{head}..{nonce[:11]}.{box}.{tag}"),
        ("a nonce of 16 bytes", f"{head}..{nonce}AAAAAA.{box}.{tag}"),
        ("another nonce", f"{head}..{base64url.encode(bytes(12))}.{box}.{tag}"),
        ("no tag", f"{head}..{nonce}.{box}."),
        ("a tag of 4 bytes", f"{head}..{nonce}.{box}.{tag[:6]}"),
        ("a tag of zeros", f"{head}..{nonce}.{box}.{base64url.encode(bytes(16))}"),
        ("no ciphertext", f"{head}..{nonce}..{tag}"),
        ("one bit changed", f"{head}..{nonce}.{changed}.{tag}"),
        ("one byte short", f"{head}..{nonce}.{base64url.encode(data[:-1])}.{tag}"),
        ("four parts", f"{head}..{nonce}.{box}"),
        ("six parts", sealer.genuine + ".AAAA"),
        ("dots", "...."),
        ("padding", f"{head}..{nonce}.{box}=.{tag}"),
        ("the same header, written with blanks", _written_anew(sealer)),
        ("longer than 8 KiB", sealer.envelope("x" * 6200)),
    ]


def _written_anew(sealer: Sealer) -> str:
    rest = sealer.genuine.partition(".")[2]
    return f"{encoded(json.dumps(sealer.header, indent=1))}.{rest}"


def _contents(sealer: Sealer, mint: Mint) -> Forgeries:
    unsigned = mint.token(mint.header | {"alg": "none"}, sign=lambda _: b"")
    return [
        ("unsigned inside", unsigned and sealer.envelope(unsigned)),
        ("claims and no token inside", sealer.envelope(json.dumps(mint.claims))),
        ("an envelope in an envelope", sealer.envelope(sealer.genuine)),
        ("nothing inside", sealer.envelope(b"")),
        ("bytes inside", sealer.envelope(b"\xff" * 40)),
        ("another key under our kid", sealer.envelope(key=bytes(32))),
    ]

"""Access tokens that must all be refused, made from one that is accepted.

Each differs from the genuine one in a single respect; most are signed with the right key, so that
nothing but the respect in question can be the reason. All are printable ASCII without line breaks
and fit into an HTTP header.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import OKPKey

from potluck.core import base64url

_STRANGER = Ed25519PrivateKey.generate()
_ABSENT = object()


def encoded(value: object) -> str:
    """JSON (or bytes, or JSON text as it is) as one part of a token."""
    text = value if isinstance(value, str | bytes) else json.dumps(value, separators=(",", ":"))
    return base64url.encode(text if isinstance(text, bytes) else text.encode())


class Mint:
    """The parts of a genuine token, and tokens made of them with something changed."""

    def __init__(self, genuine: str, key: OKPKey) -> None:
        head, body, self.signature = genuine.split(".")
        self.genuine = genuine
        self.header: dict[str, Any] = json.loads(base64url.decode(head))
        self.claims: dict[str, Any] = json.loads(base64url.decode(body))
        assert isinstance(key.private_key, Ed25519PrivateKey)
        self.key = key.private_key

    def token(
        self,
        header: object = _ABSENT,
        claims: object = _ABSENT,
        sign: Callable[[bytes], bytes] | None = None,
    ) -> str:
        """A token of these parts; what is not given is as in the genuine one."""
        head = encoded(self.header if header is _ABSENT else header)
        body = encoded(self.claims if claims is _ABSENT else claims)
        sign = sign or self.key.sign
        return f"{head}.{body}.{base64url.encode(sign(f'{head}.{body}'.encode()))}"

    def with_header(self, **members: object) -> str:
        return self.token(header=self.header | members)

    def with_claims(self, **members: object) -> str:
        return self.token(claims=self.claims | members)

    def with_raw_claim(self, name: str, json_text: str) -> str:
        """A claim whose value is this JSON text, also where Python would not write it."""
        rest = {key: value for key, value in self.claims.items() if key != name}
        return self.token(claims=f'{json.dumps(rest)[:-1]}, "{name}": {json_text}}}')


def forge(genuine: str, key: OKPKey) -> list[tuple[str, str]]:
    """(name, token) of every forgery of `genuine`, which was signed with the private `key`."""
    mint = Mint(genuine, key)
    return [
        *_algorithms(mint),
        *_keys(mint),
        *_headers(mint),
        *_shapes(mint),
        *_missing_claims(mint),
        *_distorted_times(mint),
        *_distorted_claims(mint),
    ]


def _algorithms(mint: Mint) -> list[tuple[str, str]]:
    public = mint.key.public_key()
    secrets = {
        "raw public key": public.public_bytes_raw(),
        "PEM public key": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "JWK text of the public key": base64url.encode(public.public_bytes_raw()).encode(),
        "empty secret": b"",
    }
    nones = ("none", "None", "NONE", "nOnE")
    unsigned = [
        (f"alg {name}, a zero signature", mint.token(mint.header | {"alg": name}, sign=_zeros))
        for name in nones
    ]
    bare = [
        (f"alg {name}, no signature", mint.with_header(alg=name).rpartition(".")[0] + ".")
        for name in nones
    ]
    hmacs = [
        (
            f"HS256 with the {name}",
            mint.token(mint.header | {"alg": "HS256"}, sign=partial(_hs256, secret)),
        )
        for name, secret in secrets.items()
    ]
    names = ["EdDSA", "ed25519", "Ed448", "RS256", "ES256", "", "Ed25519 ", None, 1, ["Ed25519"]]
    others = [(f"alg {name!r}, signed well", mint.with_header(alg=name)) for name in names]
    without = {name: value for name, value in mint.header.items() if name != "alg"}
    return [*unsigned, *bare, *hmacs, *others, ("no alg", mint.token(without))]


def _keys(mint: Mint) -> list[tuple[str, str]]:
    without = {name: value for name, value in mint.header.items() if name != "kid"}
    own = mint.header | {"kid": OKPKey.import_key(_STRANGER).thumbprint()}
    kids: list[object] = [
        "", "unknown", "../../keys/master.key", "/dev/null", "' OR 1=1 --", "0", "k" * 5000,
        "http://127.0.0.1:9/jwks.json", None, 0, True, [mint.header["kid"]], {"kid": "x"},
        mint.header["kid"] + " ", mint.header["kid"].swapcase(),
    ]  # fmt: skip
    return [
        ("another key under our kid", mint.token(sign=_STRANGER.sign)),
        ("another key, its own kid", mint.token(own, sign=_STRANGER.sign)),
        ("no kid", mint.token(without)),
        *((f"kid {_named(kid)}", mint.with_header(kid=kid)) for kid in kids),
    ]


def _headers(mint: Mint) -> list[tuple[str, str]]:
    stranger = OKPKey.import_key(_STRANGER)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": stranger.as_dict(private=False)["x"]}
    extra: dict[str, object] = {
        "jku": "http://127.0.0.1:9/jwks.json", "x5u": "http://127.0.0.1:9/chain.pem",
        "jwk": jwk, "x5c": ["MIIB"], "x5t": "AAAA", "x5t#S256": "AAAA", "b64": True, "zip": "DEF",
        "cty": "JWT", "crit": [], "enc": "A256GCM", "note": "harmless",
    }  # fmt: skip
    types: list[object] = [
        "JWT", "jwt", "AT+JWT", "at+JWT", "application/at+jwt", "refresh+jwt", "id_token",
        "", None, 1,
    ]  # fmt: skip
    text = json.dumps(mint.header)
    twice = [(name, f'{text[:-1]}, "{name}": "{mint.header[name]}"}}') for name in mint.header]
    without = {name: value for name, value in mint.header.items() if name != "typ"}
    foreign = mint.header | {"jwk": jwk}
    return [
        *((f"header {name}", mint.with_header(**{name: value})) for name, value in extra.items()),
        ("jwk in the header, signed with it", mint.token(foreign, sign=_STRANGER.sign)),
        ("crit exp", mint.with_header(crit=["exp"], exp=mint.claims["exp"])),
        ("crit unknown", mint.with_header(crit=["urn:potluck:x"], **{"urn:potluck:x": 1})),
        ("b64 false", mint.with_header(crit=["b64"], b64=False)),
        *((f"typ {name!r}", mint.with_header(typ=name)) for name in types),
        ("no typ", mint.token(without)),
        *((f"{name} twice in the header", mint.token(header)) for name, header in twice),
        ("alg none, then alg twice", mint.token('{"alg":"none",' + text[1:])),
        ("header with a byte order mark", mint.token("\ufeff" + text)),
        ("header in UTF-16", mint.token(text.encode("utf-16"))),
        ("header with invalid UTF-8", mint.token(text.encode() + b"\xff")),
        ("header NaN", mint.token(text[:-1] + ', "x": NaN}')),
        *((f"header is {value!r}", mint.token(value)) for value in ("[]", "null", '"x"', "{", "1")),
        ("header nested 3000 deep", mint.token("[" * 3000)),
    ]


def _shapes(mint: Mint) -> list[tuple[str, str]]:
    head, body, signature = mint.genuine.split(".")
    general = {"payload": body, "signatures": [{"protected": head, "signature": signature}]}
    flat = {"payload": body, "protected": head, "signature": signature}
    other = mint.with_claims(jti="another")
    last = base64url.decode(signature)
    return [
        ("nothing", ""),
        ("dots", ".."),
        ("one part", head),
        ("two parts", f"{head}.{body}"),
        ("four parts", f"{mint.genuine}.{signature}"),
        ("five parts", f"{head}..{body}.{body}.{signature}"),
        ("a dot too many", mint.genuine + "."),
        ("detached payload", f"{head}..{signature}"),
        ("no signature", f"{head}.{body}."),
        ("no header", f".{body}.{signature}"),
        ("flattened JSON serialisation", json.dumps(flat)),
        ("general JSON serialisation", json.dumps(general)),
        ("padding", mint.genuine + "=="),
        ("padded header", f"{head}=.{body}.{signature}"),
        ("a plus sign inside", f"{head}.{body[:9]}+{body[9:]}.{signature}"),
        ("a slash inside", f"{head}.{body[:9]}/{body[9:]}.{signature}"),
        ("a blank inside", f"{head}.{body} .{signature}"),
        ("percent encoding", mint.genuine.replace(".", "%2E", 1)),
        ("truncated", mint.genuine[:-1]),
        ("surplus bits at the end", mint.genuine[:-1] + _surplus(mint.genuine[-1])),
        ("signature one byte short", f"{head}.{body}.{base64url.encode(last[:-1])}"),
        ("signature one byte long", f"{head}.{body}.{base64url.encode(last + b'0')}"),
        ("signature with one bit changed", f"{head}.{body}.{_flipped(last)}"),
        ("signature of another token", f"{head}.{body}.{other.split('.')[2]}"),
        ("payload of another token", f"{head}.{other.split('.')[1]}.{signature}"),
        ("longer than 8 KiB", mint.with_claims(padding="x" * 6200)),
        ("nested token", mint.token(claims=mint.genuine)),
        ("payload twice encoded", mint.token(claims=body)),
        *((f"payload {v!r}", mint.token(claims=v)) for v in ("[]", "null", "1", '"x"', "{", "{}")),
        ("payload with invalid UTF-8", mint.token(claims=b'{"exp":"\xff"}')),
        ("payload nested 950 deep", mint.token(claims='{"x":' * 950 + "1" + "}" * 950)),
        ("exp twice", mint.token(claims=json.dumps(mint.claims)[:-1] + ', "exp": 9999999999}')),
        ("sub twice", mint.token(claims='{"sub": "root", ' + json.dumps(mint.claims)[1:])),
        ("NaN in a claim that nobody reads", mint.with_raw_claim("note", "NaN")),
        ("payload in UTF-16", mint.token(claims=json.dumps(mint.claims).encode("utf-16"))),
    ]


def _missing_claims(mint: Mint) -> list[tuple[str, str]]:
    return [
        (f"no {name}", mint.token(claims={k: v for k, v in mint.claims.items() if k != name}))
        for name in mint.claims
    ]


def _distorted_times(mint: Mint) -> list[tuple[str, str]]:
    now = mint.claims["iat"]
    raw = [
        f'"{now}"', "true", "false", "null", "NaN", "Infinity", "-Infinity", "1e400", "-1", "[]",
        f"[{now}]", "{}", f"{now}.0", f"{now}.5", '""', "9" * 400, "9" * 5000,
    ]  # fmt: skip
    old = partial(mint.with_claims, auth_time=now - 7200)
    values = [
        (f"{name} {text[:12]} ({len(text)})", mint.with_raw_claim(name, text))
        for name in ("exp", "iat", "auth_time")
        for text in raw
    ]
    return [
        *values,
        ("expired long ago", old(iat=now - 7200, exp=now - 6600)),
        ("expired by the leeway", old(iat=now - 600, exp=now - 30)),
        ("exp 0", mint.with_claims(exp=0)),
        ("exp in ten years", mint.with_claims(exp=now + 315_360_000)),
        ("exp before iat", mint.with_claims(exp=now - 1)),
        ("iat a day ahead", mint.with_claims(iat=now + 86_400, exp=now + 87_000)),
        ("iat ten minutes ahead", mint.with_claims(iat=now + 600, exp=now + 1200)),
        ("iat 0", mint.with_claims(iat=0)),
        ("auth_time after iat", mint.with_claims(auth_time=now + 1)),
        ("nbf tomorrow", mint.with_claims(nbf=now + 86_400)),
        ("nbf as text", mint.with_claims(nbf=str(now))),
    ]


def _distorted_claims(mint: Mint) -> list[tuple[str, str]]:
    c = mint.claims
    wrong: dict[str, list[object]] = {
        "iss": ["", "https://evil.test", c["iss"] + "/", c["iss"].upper(), [c["iss"]], 1, None],
        "aud": ["", "https://evil.test", c["iss"], c["aud"] + "/", [c["aud"]],
                [c["aud"], "https://evil.test"], [], {}, 1, None],
        "sub": ["", "admin", c["sub"].upper(), "{" + c["sub"] + "}", "urn:uuid:" + c["sub"],
                c["sub"].replace("-", ""), c["sub"] + " ", 1, None, [c["sub"]]],
        "sid": ["", "x", c["sid"].upper(), 1, None, [c["sid"]]],
        "ep": ["", "0", -1, 0.5, 1.0, True, None, [0], {}],
        "scope": [1, None, True, ["recipes:read"], {}],
        "client_id": ["", 1, None, True, ["web"]],
        "jti": ["", 1, None, True, ["x"]],
    }  # fmt: skip
    return [
        (f"{name} {_named(value)}", mint.with_claims(**{name: value}))
        for name, values in wrong.items()
        for value in values
    ]


def _named(value: object) -> str:
    return f"{type(value).__name__} {str(value)[:60]!r}"


def _zeros(_: bytes) -> bytes:
    return bytes(64)


def _hs256(secret: bytes, data: bytes) -> bytes:
    return hmac.digest(secret, data, hashlib.sha256)


def _flipped(data: bytes) -> str:
    return base64url.encode(bytes([data[0] ^ 1]) + data[1:])


def _surplus(character: str) -> str:
    """Another character whose upper bits, the ones that count, are the same."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(character) + 1]

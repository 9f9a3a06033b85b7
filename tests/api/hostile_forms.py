"""Forms that are sent to hurt: as many, as long, as deep and as broken as a form may be."""

from collections.abc import Mapping

EDGE = "edge"
MULTIPART = f"multipart/form-data; boundary={EDGE}"
URLENCODED = "application/x-www-form-urlencoded"


def part(
    name: str, value: bytes = b"x", *, disposition: bytes = b"", headers: bytes = b""
) -> bytes:
    """One part; `disposition` goes on after the name, `headers` are whole lines."""
    first = b'Content-Disposition: form-data; name="' + name.encode() + b'"' + disposition
    return b"--edge\r\n" + first + b"\r\n" + headers + b"\r\n" + value + b"\r\n"


def file(name: bytes) -> bytes:
    """A part with a file that is no picture, under a name that is put in as it is."""
    return part("file", b"<svg onload=alert(1)>", disposition=b'; filename="' + name + b'"')


END = b"--edge--\r\n"
#: What comes after the fields of an honest form; each is sent as `multipart/form-data`.
PARTS = {
    "3,000 fields": part("x") * 3_000 + END,
    "100,000 fields": part("x") * 100_000 + END,
    "1,000 files": file(b"a") * 1_000 + END,
    "one field of 900 kB": part("title", b"x" * 900_000) + END,
    "a part name of 900 kB": part("x" * 900_000) + END,
    "a file name of 900 kB": file(b"x" * 900_000) + END,
    "a part header of 900 kB": part("x", headers=b"X-Long: " + b"x" * 900_000 + b"\r\n") + END,
    "10,000 part headers": part("x", headers=b"X: y\r\n" * 10_000) + END,
    "a header without a colon": part("x", headers=b"Nonsense\r\n") + END,
    "a header with a NUL": part("x", headers=b"X\x00Y: z\r\n") + END,
    "no disposition": b"--edge\r\nContent-Type: text/plain\r\n\r\nx\r\n" + END,
    "no name": b"--edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + END,
    "no end": part("x"),
    "no end of a header": b"--edge\r\nContent-Disposition: form-data; na",
    "an end that is not one": part("x") + b"--edge-x\r\n",
    "line ends only": b"\r\n" * 400_000,
    "half boundaries": part("x", b"\r\n--edg" * 100_000) + END,
    "an end and more": END + part("x") * 5_000,
    "nested": part(
        "x", b"--in\r\n" * 50_000, headers=b"Content-Type: multipart/mixed; boundary=in\r\n"
    )
    + END,
    "one inside the other": b"".join(
        part("x", headers=b"Content-Type: multipart/form-data; boundary=edge\r\n")[:-3]
        for _ in range(2_000)
    ),
    "packed in base64": part(
        "file",
        b"PHN2Zz4=",
        disposition=b'; filename="a.png"',
        headers=b"Content-Transfer-Encoding: base64\r\n",
    )
    + END,
    "a charset field": part("_charset_", b"utf-7") + part("x", b"+ADw-script+AD4-") + END,
    "a file of 19 MB": part("file", b"\xff" * 19_000_000, disposition=b'; filename="a.jpg"') + END,
}
FILE_NAMES = {
    "a way up": b"../../../../etc/passwd",
    "a Windows path": rb"C:\\con\\aux.png",
    "nothing": b"",
    "a NUL": b"a.png\x00.html",
    "a line end": b"a.png\r\nX-Evil: 1",
    "a quote": b'a"; filename="b.png',
    "no UTF-8": b"\xed\xa0\x80\xff.png",
    "an overlong escape": b"a.png\"; filename*=UTF-16''%00%2e%00%2e; x=\"",
    "4,000 characters": b"\xf0\x9f\x8d\xb0" * 1_000,
}
TYPES = {
    "no boundary": "multipart/form-data",
    "an empty boundary": "multipart/form-data; boundary=",
    "another boundary": "multipart/form-data; boundary=other",
    "a boundary of 20 kB": f"multipart/form-data; boundary={'x' * 20_000}",
    "two boundaries": "multipart/form-data; boundary=other; boundary=edge",
    "a boundary that is not ASCII": "multipart/form-data; boundary=\xe9dge",
    "a charset that fails at everything": f"{MULTIPART}; charset=undefined",
    "a charset that is no text": f"{MULTIPART}; charset=zip",
    "mixed": f"multipart/mixed; boundary={EDGE}",
}
NAMES = sorted(
    [*PARTS, *TYPES, *(f"a file called {name}" for name in FILE_NAMES), "100,000 urlencoded fields"]
)


def form(attack: str, fields: Mapping[str, str]) -> tuple[str, bytes]:
    """The content type and the body of an attack, which begins like an honest form."""
    if attack == "100,000 urlencoded fields":
        honest = "".join(f"{name}={value}&" for name, value in fields.items())
        return URLENCODED, honest.encode() + b"a=&" * 100_000
    begin = b"".join(part(name, value.encode()) for name, value in fields.items())
    if attack in TYPES:
        return TYPES[attack], begin + file(b"a.png") + END
    if attack in PARTS:
        return MULTIPART, begin + PARTS[attack]
    return MULTIPART, begin + file(FILE_NAMES[attack.removeprefix("a file called ")]) + END

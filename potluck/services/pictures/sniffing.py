"""Which of the five formats some bytes are, by their first bytes alone.

Names and declared types are no evidence. What is not on the list (SVG, PDF, TIFF, HEIC, ...) never
reaches a decoder.
"""

_PNG = b"\x89PNG\r\n\x1a\n"
_AVIF = {b"avif", b"avis"}
_CONTAINERS = {b"mif1", b"msf1"}


def sniff(data: bytes) -> str | None:
    """Pillow's name of the format; None for everything else.

    JPEG: ITU T.81 B.1.1.3. PNG: W3C PNG 5.2. GIF: GIF89a 17. WebP: RFC 9649 2.4. AVIF: AVIF 1.1,
    section 6 (brands of the ftyp box).
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(_PNG):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and _is_avif(data):
        return "AVIF"
    return None


def _is_avif(data: bytes) -> bool:
    """Brands are words of four bytes: the major one, a version, then the compatible ones."""
    size = min(int.from_bytes(data[:4]), 256)
    compatible = {data[start : start + 4] for start in range(16, size, 4)}
    return data[8:12] in _AVIF or (data[8:12] in _CONTAINERS and bool(compatible & _AVIF))

"""Undoes what Content-Encoding says was done to a body (RFC 9110, 8.4). Pure."""

from __future__ import annotations

import zlib

ENCODINGS = frozenset({"gzip", "x-gzip", "deflate"})
ANY_WINDOW = 47
"""For zlib: gzip or zlib, whichever the header of the data says."""

Headers = tuple[tuple[str, str], ...]


def decoded(headers: Headers, body: bytes, largest: int) -> tuple[Headers, bytes]:
    """Return headers and body as if nothing had been encoded; as they are where that is not what was done.

    ``largest`` is how many bytes are unpacked at most.
    """
    said = [value.strip().lower() for name, value in headers if name.lower() == "content-encoding"]
    if len(said) != 1 or said[0] not in ENCODINGS or not body:
        return headers, body
    unpacking = zlib.decompressobj(ANY_WINDOW)
    try:
        plain = unpacking.decompress(body, largest)
    except zlib.error:
        return headers, body
    if not unpacking.eof and not unpacking.unconsumed_tail:
        return headers, body
    return tuple(each for each in headers if each[0].lower() != "content-encoding"), plain

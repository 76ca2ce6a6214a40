"""Makes small real files to upload: a PNG of coloured noise, a one-page PDF. Each differs, so that none is stored for another."""

import struct
import zlib
from random import Random

from yiwang.site.smoke.browsing import Upload

_SIDE = 48


def paper(random: Random, name: str, accepted: str) -> Upload:
    """A file of a type that `accepted` (the accept attribute) lists; an empty one lists all."""
    makers = [("application/pdf", ".pdf", _pdf), ("image/png", ".png", _png)]
    allowed = [each for each in makers if not accepted or each[0] in accepted or each[1] in accepted] or makers
    media_type, ending, make = random.choice(allowed)
    return Upload(f"样例-{name}{ending}", media_type, make(random))


def _png(random: Random) -> bytes:
    rows = b"".join(b"\0" + random.randbytes(3 * _SIDE) for _ in range(_SIDE))
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _pdf(random: Random) -> bytes:
    words = f"BT /F1 12 Tf 20 100 Td (Sample {random.randrange(10**9):09d}) Tj ET".encode()
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << /Font << /F1 %s >> >> >>"
        % font,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    )

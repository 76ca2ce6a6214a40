"""Small documents to seal."""

from datetime import UTC, date, datetime

from yiwang.commons.seals.engine import OfdPage, Stamp, write_ofd

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def an_ofd(title: str = "样例") -> bytes:
    return write_ofd(
        [OfdPage(210, 297, ())], title=title, author="样例", created=date(2026, 1, 1), custom={}, attachments={}
    )


STAMP = Stamp(page=0, x=120, y=200, width=42, height=42)


def a_pdf() -> bytes:
    from yiwang.commons.seals.engine.pdf.tests.factories import pdf

    return pdf()

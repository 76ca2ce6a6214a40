"""What the verbs of certificates share: refusals as sentences, times, files."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from yiwang.commons.crypto.engine.pki import PkiError
from yiwang.kernel import clock

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@contextmanager
def told() -> Iterator[None]:
    """Refusals of the engine as one sentence and exit code 1."""
    try:
        yield
    except PkiError as error:
        raise click.ClickException(error.reason.text) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error


def whole_second() -> datetime:
    """Whole seconds: the structures hold no more."""
    return clock.now().astimezone(UTC).replace(microsecond=0)


def local(moment: datetime | None) -> str:
    return f"{moment.astimezone(clock.CHINA):%Y-%m-%d %H:%M:%S}" if moment else "不限"

"""`yiwang crypto`: the operator's verbs for keys, and an authority for tests and demonstrations."""

import click


@click.group(name="crypto")
def cli() -> None:
    """The pool of cryptographic resources (密码资源池)."""


from . import authority, keys, masters, operating  # noqa: E402, F401 - each registers its verbs

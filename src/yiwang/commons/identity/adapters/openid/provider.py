"""The hooks of allauth's OpenID provider: who issues, who somebody is to a client, which keys."""

from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter


class OpenIdAdapter(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth has no types
    """Keys live in our own table, so allauth finds none in the settings."""

    def list_private_keys(self, **_filters: Any) -> list[Any]:
        """None: tokens are signed by `queries.openid`."""
        return []

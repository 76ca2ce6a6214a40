"""What allauth's OpenID provider asks of us, and where its gaps are closed."""

from yiwang.commons.identity.adapters.openid.provider import OpenIdAdapter

__all__ = ["OpenIdAdapter"]

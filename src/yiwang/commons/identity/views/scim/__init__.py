"""SCIM 2.0 at `/scim/v2`: what personnel systems of departments call. One door for requests and for the parts of a bulk."""

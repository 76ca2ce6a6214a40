"""Log in by an outside provider: set out for it, link with an account here, unlink."""

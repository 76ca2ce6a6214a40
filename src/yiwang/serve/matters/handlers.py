"""Parts of a pack."""

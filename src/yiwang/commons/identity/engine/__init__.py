"""Parts of identity that know no framework, each a package of its own with its tests. Imported as a whole by its name."""

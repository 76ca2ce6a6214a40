"""Fillings that can be replaced: where a log's signing key lies, which chain its checkpoints are anchored on."""

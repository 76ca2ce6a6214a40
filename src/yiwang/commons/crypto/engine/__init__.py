"""Suites, signers and certificates, free of any framework."""

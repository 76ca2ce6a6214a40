"""Fills ports of lower contexts."""

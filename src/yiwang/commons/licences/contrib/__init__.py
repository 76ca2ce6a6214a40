"""Fillings of the ports of licences."""

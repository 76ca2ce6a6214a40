"""Fillings of the pool's ports: where master keys are held."""

"""Fillings of identity's ports: the embedded register of sample people, and the interfaces of providers."""

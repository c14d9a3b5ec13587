"""Perron: local communities publish, residents read, and the data-protection policy runs."""

__version__ = "0.1.0"

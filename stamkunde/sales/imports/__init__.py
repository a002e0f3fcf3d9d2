"""Purchases with their lines and returns from files."""

from stamkunde.sales.imports.purchases import PURCHASES

__all__ = ["PURCHASES"]

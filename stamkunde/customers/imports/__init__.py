"""Customers and consents from files."""

from stamkunde.customers.imports.agreement import CONSENTS
from stamkunde.customers.imports.directory import CustomerDirectory
from stamkunde.customers.imports.profile import CUSTOMERS

__all__ = ["CONSENTS", "CUSTOMERS", "CustomerDirectory"]

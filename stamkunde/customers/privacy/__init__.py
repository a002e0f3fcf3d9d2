"""What the customers module holds about a person: every table, every column with its class, given out and forgotten."""

# The profile itself comes last, for what hangs on it goes before it.
from stamkunde.customers.privacy import trail as trail  # isort: skip
from stamkunde.customers.privacy import profile as profile  # isort: skip

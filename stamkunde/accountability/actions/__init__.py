"""The verbs of accountability, by noun."""

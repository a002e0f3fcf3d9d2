"""The reads of accountability, by noun."""

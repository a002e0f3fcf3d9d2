"""The pages of accountability, by noun."""

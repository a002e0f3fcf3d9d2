"""The pages and fragments about one customer, each by its noun."""

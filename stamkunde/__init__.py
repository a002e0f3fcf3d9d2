"""Stamkunde: one customer, one history, for businesses that want their customers to become regulars."""

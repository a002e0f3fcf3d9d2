"""The face that staff see: today, search, the customer's page, lists, settings and the audit. It holds no rules."""

"""What a regular has from being one: programmes, memberships with their cards and levels, and points as a ledger."""

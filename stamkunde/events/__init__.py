"""What happened, said once: typed events, the rows that are audit and timeline alike, and their delivery to reactions."""

"""What happened, said once: typed events, the rows that are both audit and timeline, their delivery to reactions."""

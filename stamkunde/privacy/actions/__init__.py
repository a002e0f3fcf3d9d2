"""The verbs: taking a request in, answering it with a copy, closing it."""

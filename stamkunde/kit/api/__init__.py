"""What the door for machines is made of: the types of its fields, its pages, its problems, and how a route is named.

Each module's own `api` uses these; the door itself, with tokens and keys, stands in `exchange`.
"""

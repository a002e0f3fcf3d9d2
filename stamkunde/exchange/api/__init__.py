"""The face for machines: the door with its tokens and keys, the description, and the routes of exchange itself."""

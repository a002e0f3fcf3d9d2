"""The pages about products, and those of the catalogue's settings."""

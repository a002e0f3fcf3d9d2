"""The pages about purchases and returns."""

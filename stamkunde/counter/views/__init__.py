"""The pages of the counter, by what is done there."""

"""Reads about prices and offers: what holds now, what was the lowest price, and a basket as the evaluator takes it."""

"""The demo shop: an invented shop for coffee, tea and the kitchen in Oslo, Stockholm and Rīga, with three years of history.

The same seed makes the same people, wares, purchases and returns.
"""

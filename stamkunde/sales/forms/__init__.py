"""The forms of purchases and returns, by page."""

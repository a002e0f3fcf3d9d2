"""Who the customers are: one profile each, how to reach them, what they agreed to, and finding them by name."""

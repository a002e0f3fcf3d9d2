"""The pages on which people look after machines: tokens, webhooks, and the description of the door."""

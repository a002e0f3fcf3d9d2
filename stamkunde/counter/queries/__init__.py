"""What the counter reads: who or what may be meant, the card of a customer, a basket and a receipt in words."""

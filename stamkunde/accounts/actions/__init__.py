"""What can be done to staff, stores and the shop."""

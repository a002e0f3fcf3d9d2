"""The staff who sign in at the desk, what their roles allow, their stores and tills; nothing about customers."""

"""The staff who sign in at the desk, what their roles allow, and the stores and tills they work at. Nothing about customers."""

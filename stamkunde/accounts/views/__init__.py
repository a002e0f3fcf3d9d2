"""The pages of sign-in, preferences, staff and stores."""

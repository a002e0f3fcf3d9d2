"""Reading and writing e-mail as bytes: pure, without a database and without a network."""

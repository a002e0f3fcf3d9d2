"""Letters as paper: where the address stands, what is drawn, the words of each language, and the code on each sheet."""

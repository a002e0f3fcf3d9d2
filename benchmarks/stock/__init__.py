"""What benchmarks share: names to draw from and a database to measure in."""

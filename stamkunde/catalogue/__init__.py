"""What the shop sells: goods and services, their categories, barcodes, list prices and value-added tax."""

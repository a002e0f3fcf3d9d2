"""What customers buy and bring back: orders with their lines and payments, returns with their refunds, exact to the øre."""

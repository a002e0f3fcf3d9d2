"""What customers buy and bring back: orders, lines, payments, returns and refunds, exact to the øre."""

"""The machine's side of the house: settings, addresses, the list of floors, and what an operator starts by hand.

It stands above every module because it puts them together; no module imports it.
"""

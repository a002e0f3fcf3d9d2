"""The face at the till: one box that recognises people, products and receipts; selling, taking back, and forgetting.

It stands full screen on a tablet at the counter. A basket lives on the server under the key of the serving it belongs
to, so that a lost answer, a reload or a blank screen loses nothing and registers nothing twice. It contains no rules of
trade: what a basket comes to and what is registered is worked out by `sales`.
"""

"""Recognising a customer from whatever was heard or typed: a name half heard, a telephone number's end, an address.

Names are kept folded in `Customer.words` under a prefix index; a small vocabulary of all words leads from a misspelt
one to those it may have been; and the candidates are ranked by how likely the typing and how familiar the customer.
"""

"""What a shop must be able to show: how long it keeps what, what it processes and why, who looked, what went wrong.

The rules themselves are stated by each module in its `retention.py`, its tables in its `privacy.py`; this module puts
them before people, lets the privacy officer change what is not law, and does what the rules say every night.
"""

"""The rights of the person: what somebody asks about their data, the clock it runs by, and the answer to it.

A copy of all that is held (access and portability) is written from what every module has registered in
`kit/privacy.py`, and so is the erasure; this module knows none of those tables itself.
"""

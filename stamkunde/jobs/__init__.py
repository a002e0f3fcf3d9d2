"""Work to do later or regularly: rows in the database, leased by workers, tried again, visible to staff.

A job is enqueued in the caller's own transaction and runs at least once, so its handler may run twice and must not
mind. A worker holds a job by a lease that it keeps extending; when the worker dies the lease runs out and another
takes over, and whatever the first still tries to write about the job is refused.
"""

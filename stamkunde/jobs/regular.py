"""Short work of other modules that a worker does between its jobs, such as trying due deliveries again.

A regular work finds out by itself whether there is anything to do, does a little of it and says how much; it must bear
being called by many workers at once.
"""

from collections.abc import Callable

RegularWork = Callable[[], int]

REGULAR: list[RegularWork] = []
BESIDE: list[RegularWork] = []


def regular(work: RegularWork) -> RegularWork:
    """Let every worker call this about once a second, and again at once as long as it did something."""
    if work not in REGULAR:
        REGULAR.append(work)
    return work


def beside(work: RegularWork) -> RegularWork:
    """Let every worker call this likewise, in a thread of its own: for work that waits for other machines."""
    if work not in BESIDE:
        BESIDE.append(work)
    return work

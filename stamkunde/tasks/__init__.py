"""What somebody has to do or has promised, by when: calls to return, follow-ups, promises and other work.

A task says what is to be done, for whom, by whom and by when, and where it came from as plain values: modules above
write tasks for what happens with them, and ask here what has become of them.
"""

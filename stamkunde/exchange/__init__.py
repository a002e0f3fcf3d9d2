"""The face for files and machines: records come in from other systems and go out again, rehearsed and undoable."""

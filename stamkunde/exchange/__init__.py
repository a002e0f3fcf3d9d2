"""The face for machines and files: records come in from other systems and go out again, rehearsed, undoable, audited."""

"""How days and times are written where Django's own habit is not that of our readers."""

"""From the bytes of a mail to what they mean here: read, matched and said; nothing in here writes."""

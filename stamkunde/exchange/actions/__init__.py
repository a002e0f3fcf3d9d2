"""The verbs of import and export."""

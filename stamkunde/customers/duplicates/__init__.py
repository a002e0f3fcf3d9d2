"""Finding profiles that are one person: the definition, the people it is asked of, and the engine it runs on."""

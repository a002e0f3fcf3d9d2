"""Who is answered what at every door, by every method, about whose things: asked of a shop seeded for it."""

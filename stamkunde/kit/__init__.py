"""Tools without a word of the trade: money, time, paging, policies, registries, the shared look; no tables."""

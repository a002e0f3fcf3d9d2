"""Tools without a word of the trade: money, time, paging, policies, registries and the shared look. It holds no tables."""

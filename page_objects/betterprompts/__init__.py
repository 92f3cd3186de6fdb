"""Pages of BetterPrompts."""

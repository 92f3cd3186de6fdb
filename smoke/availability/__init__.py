"""How much of a time it was up, as far as anybody looked."""

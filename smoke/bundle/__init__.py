"""One page for each bad check, which explains itself to whoever was woken by it."""

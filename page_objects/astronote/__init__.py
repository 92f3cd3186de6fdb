"""Pages of Astronote."""

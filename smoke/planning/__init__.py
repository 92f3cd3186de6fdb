"""What a run will do: which checks, in which order, on which machine. Pure."""

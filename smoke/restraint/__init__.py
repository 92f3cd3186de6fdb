"""What a run may do to a target, and how it says that it was there."""

"""Release gates: what a run at an execution point means for the release."""

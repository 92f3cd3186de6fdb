"""The history on a branch of git, for runners that are thrown away."""

"""alert-rules.yaml: its shape, and what is held against it."""

"""Where measurements go: one file per sink. Importing this room imports no SDK."""

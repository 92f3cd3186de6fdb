"""One module for each command of ``smoke``: ``configure(parser)`` adds its options and names its function."""

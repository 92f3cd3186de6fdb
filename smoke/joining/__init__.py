"""Parts of runs, from several machines, made one again."""

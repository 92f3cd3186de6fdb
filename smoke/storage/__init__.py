"""Where rows are kept: a SQLite file, or PostgreSQL where several machines share them."""

"""Running a plan: pytest, the browser, listeners and evidence."""

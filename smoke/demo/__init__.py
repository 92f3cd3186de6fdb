"""The embedded application: a real web product to watch, to learn on and to break on purpose."""

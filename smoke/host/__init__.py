"""The computer that we run on: its programs, processes, files and pipes."""

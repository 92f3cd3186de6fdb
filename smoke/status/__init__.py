"""The status page: how everything that is scheduled stands, for people, monitors and badges."""

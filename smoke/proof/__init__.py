"""Shows that checks can go red: injects faults on our side of the wire, and sees who notices."""

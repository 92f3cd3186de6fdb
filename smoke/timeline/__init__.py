"""How a suite stood at each moment: states, their times, and times in which nobody is told."""

"""From what was seen to what it means: whose fault, which outcome, which verdict. Pure."""

"""What earlier runs saw, and what follows from it: runs, incidents, and what is yet to be delivered."""

"""What may be wrong with ourselves: each examination is one file here."""

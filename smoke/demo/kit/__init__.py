"""What several products are built from: errors, fields of requests, signing in, landing pages, API descriptions."""

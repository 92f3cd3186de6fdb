"""What people say about a product, read from YAML and journeys and validated."""

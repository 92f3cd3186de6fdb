"""Pages of Roundup: locators, then verbs."""

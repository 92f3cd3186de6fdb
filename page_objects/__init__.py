"""One class per page or component of each product: locators, then verbs."""

"""The campaign of unknown defects: a proxy that spoils answers in ways no catalogue lists. ``make tamper``."""

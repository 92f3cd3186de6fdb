"""The fail-closed campaign: things that go wrong around a run, none of which may read as green. ``make sabotage``."""

"""checker: a rules engine for safety plans of governments."""

"""A finished run → the papers that people issue, each filled into its template; the tool drafts, a person issues."""

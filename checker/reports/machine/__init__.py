"""A finished run → what other programs and CI systems read. Each form is one module with `render(told, run, manifest)`.

Where a format demands a time, it is the start of the day of the question (`stamps.moment`): nothing here knows a clock.
"""

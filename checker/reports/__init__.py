"""A finished run → what people and programs read. `content` says what is told, every other module in which form."""

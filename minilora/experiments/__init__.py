"""What the demo, the commands and the lessons run: each experiment returns plain data, and `plots` draws it."""

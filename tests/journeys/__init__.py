"""Whole people, from the first click to the checked paper, in a real browser, on a whole installation."""

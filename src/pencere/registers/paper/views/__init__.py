"""The pages of paper intake at the desk, below `/desk/paper/`.

What belongs to another agency, or to a role that the officer does not hold, is the page of "unknown".
"""

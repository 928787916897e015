"""The one error that a person is meant to read: it says what is wrong and what to do."""


class StackProblem(Exception):
    """Something outside the program keeps the stack from running; its text is the whole message."""

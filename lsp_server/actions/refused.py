"""The one error of actions."""


class ActionRefused(Exception):
    """Why nothing was changed, in words for the user: the document is untouched."""


class TooMuch(ActionRefused):
    """It would make sense, of less: so it is offered, and says so when it is chosen."""

"""The one error of actions."""


class ActionRefused(Exception):
    """Why nothing was changed, in words for the user: the document is untouched."""

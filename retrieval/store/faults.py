"""What can go wrong with a store, for those who only pass it on."""


class StoreReplaced(Exception):
    """The store broke or could not be written: another, perhaps empty, is in its place."""


class StoreBusy(Exception):
    """Another process held the store for longer than one waits."""

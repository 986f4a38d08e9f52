"""The embedded engine as the server sees it: finds or starts a host, speaks to it."""

"""The repository as context: usable as a library, knows neither LSP nor engines."""

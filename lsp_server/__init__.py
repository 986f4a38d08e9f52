"""A Language Server that gives every editor what Code Llama can do."""

"""Code generation: the sync variants, the templates, the sandbox's notes."""

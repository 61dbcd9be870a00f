"""The HTTP door: JSON in, problems out, one way to the use cases."""

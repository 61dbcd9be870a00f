"""How fast this house is: figures of the whole service, measured on a generated log."""

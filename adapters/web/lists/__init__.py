"""Lists, desks and boards: rows of the views as people read them."""

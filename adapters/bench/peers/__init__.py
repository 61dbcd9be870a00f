"""Those we are measured beside, one module each, as their own documentation uses them."""

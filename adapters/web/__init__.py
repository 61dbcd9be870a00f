"""The pages people use: the other face of the HTTP door, for eyes instead of programs."""

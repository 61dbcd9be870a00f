"""Forms: a command as questions, what there is to choose from, and answers as a command again."""

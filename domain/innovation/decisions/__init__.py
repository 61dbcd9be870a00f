"""From a command to what happens: the rules about input, one pure function per command, by chapters.

Who may act, from where, and which duties stay apart is the table's (`lifecycle.py`).
"""

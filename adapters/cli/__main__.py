"""`python -m adapters.cli` is `jejak`."""

if __name__ == "__main__":  # the worker's process reads this file again
    import sys

    from adapters.cli import main

    sys.exit(main())

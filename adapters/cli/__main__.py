"""`python -m adapters.cli` is `jejak`."""

import sys

from adapters.cli import main

sys.exit(main())

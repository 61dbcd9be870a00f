"""The rules of public-service innovation: pure, with no clock, no log, no network and no framework."""

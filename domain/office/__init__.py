"""Offices, roles and delegations: one stream per person."""

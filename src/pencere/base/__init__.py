"""What every part stands on: clock, terms, money, writing, identifiers, purposes, errors.

Imports neither Django nor any other part; holds no tables. What a country decides (alphabet, order,
week, check digits) arrives as a frozen dataclass from `country`; nothing here knows a country by name.
"""

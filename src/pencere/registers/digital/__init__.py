"""How digital is a register: how much of what there is stands in it, as one number for the public and for monitors.

The seeds of this product say of real estate, land, health and archives that they are "not fully digitalised"; here that
is a number, with the day of which it is and how it is reckoned (`reckoning.py`, docs/run/digital.md). Nothing here
shows a row or says anything of one person.
"""

"""What an officer of the keeping agency sees of a register: pages of a list, one row with its history, its links.

Words: a *condition* is what a filter demands, as spans of the index; a list is *walked* in its order, each row held
against the conditions, or *gathered* by a condition that few rows fulfil and sorted then. Either way a page costs
what it shows, not what the register holds; nothing is counted.

Promises: under a Purpose of the keeping agency alone; each person shown has the look in the ledger before the page
or the record is handed over; no value of a row stands in a cursor.
"""

"""Shapes on the ground in registers: never over each other, found by place, divided, and given out.

    boxes       the box around a shape, and how it stands in the index of rows
    areas       whether the area that a row says is that of its shape
    splitting   an area is divided along lines
    overlapping no two live rows of a register lie over each other on the same day, whoever writes at the same time
    sweeping    the same for a file of many rows, before it is loaded
    nearness    rows whose shape meets a box
    distance    whether a shape is so many metres from a place
    open_map    the map of what a register publishes, for everybody
    features    what registers publish of shapes, as OGC API - Features
    nearby      what is published near a place, for who draws something there
    lots        invented parcels for samples and the synthetic nation

What a shape is, how large and how drawn, is told by `base.ground`. Shapely and pyproj are imported where they are used,
never when a process starts: what only reads needs neither.
"""

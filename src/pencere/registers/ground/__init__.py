"""Shapes on the ground in registers: sound, measured, never over each other, found by place, drawn, and given out.

    geometry    a shape as GeoJSON: its parts, its corners; without any library
    boxes       the box around a shape, and how it stands in the index of rows
    soundness   whether a shape is one (a ring that crosses itself is refused, never mended), its size on the ellipsoid
    overlapping no two live rows of a register lie over each other on the same day, whoever writes at the same time
    sweeping    the same for a file of many rows, before it is loaded
    nearness    rows within a box, or near a point

Shapely and pyproj are imported where they are used, never when a process starts: what only reads needs neither.
"""

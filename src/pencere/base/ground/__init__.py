"""Shapes on the ground: their parts, whether they are sound, how large they are, how they are written and drawn.

    geometry    a shape as GeoJSON: its parts, its corners; without any library
    soundness   whether a shape is one (a ring that crosses itself is refused, never mended), its size on the ellipsoid
    drawing     a shape and its neighbours as a small picture: lines, numbers, a bar for the scale
    written     a shape as people write it: one corner a line, or GeoJSON

Pure: no rows, no pages. Shapely and pyproj are imported where they are used, never when a process starts.
"""

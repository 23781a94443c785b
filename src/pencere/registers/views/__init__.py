"""The officers' pages over the registers of their agency."""

"""Pəncərə: a state's digital services as software. MAP.md says what each part is for."""

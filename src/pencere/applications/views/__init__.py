"""Pages: `apply` for a draft until sent, `cases` for what was sent, `desk` for officers; `machine` for programs."""

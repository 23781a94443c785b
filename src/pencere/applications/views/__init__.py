"""The pages: `apply` for a draft until it is sent, `cases` for what was sent, `desk` for officers."""

"""Background work in the main database, behind the Django Tasks API (`enqueue`).

Words: a *job* is one call put off; a *lease* is a worker's time-limited claim on it. Promises: a job is
enqueued in the caller's transaction, so it exists exactly if the business row exists; it is tried again with
growing pauses; a killed worker's jobs are taken up by another; effect and "done" commit together, so an
effect in the database happens once. What a job does outside (another system, a file) may happen twice and
must be safe to repeat.
"""

"""`pencere preview SERVICE`: the real pages of one service, with invented facts, drawn anew when a file is saved.

An installation of its own in a folder that is thrown away, on this machine only. Every register answers what the
chosen example of `examples.yaml` gives, and takes every change; nothing is asked of anybody. Whoever writes
declarations sees what a citizen sees, and, where a file cannot be read, what is wrong with it and where.

`inventing` makes the facts, `holder` stands for all registers, `pages` chooses an example and reloads, `running`
starts it. Nothing of it is ever part of an installation with persons.
"""

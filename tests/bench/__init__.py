"""`make bench`: what it costs, as ratios. Both sides run in one process tree in turn, many short rounds;

CPU time of the process that does the work, median of the rounds. The machines are noisy, so no test asserts a
time; the table is printed, and `--write` puts it into docs/bench with the machine and the day.
"""

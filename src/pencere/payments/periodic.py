"""What the worker does for this part: a thread beside the jobs that asks the provider, which may be slow."""

from pencere.payments.asking import watch

BESIDE = [watch]

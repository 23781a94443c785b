"""A build broken on purpose: who comes back from the payment provider has paid, it thinks, and does not ask."""

import types

from breaking import when_loaded


def _break(module: types.ModuleType) -> None:
    def ask_now(key, now):  # type: ignore[no-untyped-def]
        from pencere.payments import provider
        from pencere.payments.models import Attempt

        attempt = Attempt.objects.get(key=key)
        word = provider.Word(key, "paid", attempt.amount, attempt.currency, "believed", now)
        return module.take_word(word, now)  # type: ignore[attr-defined]

    module.ask_now = ask_now  # type: ignore[attr-defined]


when_loaded("pencere.payments.actions", _break)

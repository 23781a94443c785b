"""The process of the preview: makes its tables and keys, then serves. Started by `running`, never imported."""

from __future__ import annotations

import django


def main() -> None:
    django.setup()
    from django.conf import settings

    from pencere.base.parent import end_with_parent
    from pencere.conf import discovery, preparing
    from pencere.conf.preview.running import NOT_MADE
    from pencere.conf.serving import serve

    end_with_parent()
    preparing.migrate()
    steps = sorted((module.ORDER, module.__name__, module.prepare) for module in discovery.modules("prepare"))
    for _order, name, step in steps:
        if name not in NOT_MADE:
            step(demo=True, persons=0)
    serve("pencere.conf.preview.wsgi:application", settings.PENCERE.address, 1, 2)


if __name__ == "__main__":
    main()

"""The lines of a load are set aside without looking their load up for each: whoever writes them holds it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0020_dry_runs_and_unknown_persons")]
    operations = [
        migrations.AlterField(
            "stagedrow",
            "load",
            models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="registers.load",
            ),
        )
    ]  # fmt: skip

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="job",
            name="job_state",
        ),
        migrations.AddField(
            model_name="job",
            name="dropped_by",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="job",
            name="dropped_for",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("waiting", "running", "done", "failed", "dropped"))), name="job_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dropped"), models.Q(("dropped_for", ""), _negated=True)),
                    models.Q(models.Q(("state", "dropped"), _negated=True), ("dropped_by", ""), ("dropped_for", "")),
                    _connector="OR",
                ),
                name="job_dropped_for",
            ),
        ),
    ]

"""When an import can no longer be undone is known by a moment, and one that was thrown away by its state."""

from django.db import migrations, models
from django.db.models import Exists, F, OuterRef


def note_those_let_go_of(apps, schema_editor):
    run = apps.get_model("exchange", "ImportRun")
    left = [
        Exists(apps.get_model("exchange", name).objects.filter(run=OuterRef("pk")))
        for name in ("ImportChange", "ImportProblem", "ImportLikeness")
    ]
    gone = run.objects.filter(stored_as="").exclude(state__in=("rehearsing", "running", "undoing"))
    gone.filter(*(~some for some in left)).update(let_go_at=F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0007_pace'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrun',
            name='let_go_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='state',
            field=models.CharField(choices=[('received', 'To be mapped'), ('rehearsing', 'Being rehearsed'), ('rehearsed', 'Rehearsed'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Stopped'), ('undoing', 'Being undone'), ('undone', 'Undone'), ('discarded', 'Thrown away')], default='received', max_length=12),
        ),
        migrations.RunPython(note_those_let_go_of, migrations.RunPython.noop),
    ]

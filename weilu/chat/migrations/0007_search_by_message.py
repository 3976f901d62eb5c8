"""The search index by message instead of by block; it is made anew from the messages."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0006_import_progress'),
        ('core', '0002_jobs_asked_again'),
    ]

    operations = [
        migrations.DeleteModel(name='SearchPart'),
        migrations.DeleteModel(name='SearchSegment'),
        migrations.CreateModel(
            name='SearchChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_id', models.BigIntegerField()),
                ('last_id', models.BigIntegerField()),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='SearchPart',
            fields=[
                ('level', models.SmallIntegerField()),
                ('shard', models.SmallIntegerField()),
                ('segment', models.IntegerField()),
                ('body', models.BinaryField()),
                ('pk', models.CompositePrimaryKey('workspace_id', 'level', 'shard', 'segment', blank=True, editable=False, primary_key=True, serialize=False)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='SearchSegment',
            fields=[
                ('level', models.SmallIntegerField()),
                ('segment', models.IntegerField()),
                ('claimed_to', models.BigIntegerField()),
                ('indexed_to', models.BigIntegerField()),
                ('version', models.IntegerField(default=0)),
                ('newest_ms', models.BigIntegerField()),
                ('blocks', models.BinaryField()),
                ('held', models.BinaryField()),
                ('pk', models.CompositePrimaryKey('workspace_id', 'level', 'segment', blank=True, editable=False, primary_key=True, serialize=False)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0009_hand_tasks_cleared'),
        ('core', '0002_jobs_asked_again'),
        ('groups', '0006_turns'),
    ]

    operations = [
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=200)),
                ('sent_ms', models.BigIntegerField()),
                ('media', models.CharField(max_length=2000)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('read', 'Read'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('digest', models.CharField(blank=True, default='', max_length=64)),
                ('codes', models.JSONField(default=list)),
                ('at', models.DateTimeField()),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.connection')),
                ('group', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['connection', 'due_at'], name='picture_waiting'), models.Index(condition=models.Q(('state', 'read')), fields=['digest'], name='picture_read')],
                'constraints': [models.UniqueConstraint(fields=('group', 'external_id'), name='picture_once')],
            },
        ),
    ]

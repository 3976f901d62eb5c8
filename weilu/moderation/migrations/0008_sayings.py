
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_jobs_asked_again'),
        ('moderation', '0007_doubt_seen'),
    ]

    operations = [
        migrations.CreateModel(
            name='Saying',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('core', models.BigIntegerField()),
                ('group_id', models.BigIntegerField()),
                ('at_ms', models.BigIntegerField()),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'at_ms'], name='saying_by_time')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'core', 'group_id'), name='saying_once')],
            },
        ),
    ]

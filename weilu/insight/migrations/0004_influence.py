
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_jobs_asked_again'),
        ('insight', '0003_fresh_batches'),
        ('members', '0007_goodwill'),
    ]

    operations = [
        migrations.CreateModel(
            name='Influence',
            fields=[
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='members.member')),
                ('points', models.FloatField()),
                ('thanks', models.IntegerField(default=0)),
                ('thankers', models.IntegerField(default=0)),
                ('answered', models.IntegerField(default=0)),
                ('repliers', models.IntegerField(default=0)),
                ('mentioners', models.IntegerField(default=0)),
                ('met', models.IntegerField(default=0)),
                ('stayed', models.IntegerField(default=0)),
                ('moved', models.IntegerField(default=0)),
                ('weeks', models.IntegerField(default=0)),
                ('days', models.IntegerField(default=0)),
                ('is_koc', models.BooleanField(default=False)),
                ('is_fan', models.BooleanField(default=False)),
                ('more', models.JSONField(default=dict)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'points', 'member'], name='influence_by_points'), models.Index(condition=models.Q(('is_fan', True)), fields=['workspace'], name='influence_fans')],
            },
        ),
    ]


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_jobs_asked_again'),
        ('insight', '0004_influence'),
    ]

    operations = [
        migrations.CreateModel(
            name='FoundCircle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('members', models.BinaryField()),
                ('top', models.JSONField(default=list)),
                ('words', models.JSONField(default=list)),
                ('inside', models.FloatField(default=0)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace', 'position'), name='found_circle_once')],
            },
        ),
    ]

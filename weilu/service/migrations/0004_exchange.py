
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_jobs_asked_again'),
        ('groups', '0005_join_links'),
        ('service', '0003_greetings'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExchangeDay',
            fields=[
                ('day', models.IntegerField()),
                ('body', models.BinaryField()),
                ('before', models.BinaryField(null=True)),
                ('pk', models.CompositePrimaryKey('group_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('group', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('before__isnull', False)), fields=['workspace', 'group', 'day'], name='exchange_to_book')],
            },
        ),
    ]

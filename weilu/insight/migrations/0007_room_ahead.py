import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0007_starter_kit'),
        ('core', '0002_jobs_asked_again'),
        ('insight', '0006_life_from_talk'),
    ]

    operations = [
        migrations.CreateModel(
            name='RoomAhead',
            fields=[
                ('community', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='communities.community')),
                ('room', models.IntegerField(default=0)),
                ('open_on', models.DateField(null=True)),
                ('full_on', models.DateField(null=True)),
                ('at', models.DateTimeField()),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('open_on__isnull', False)), fields=['workspace', 'open_on'], name='room_ahead_by_day')],
            },
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0009_posters_and_declared_joins'),
        ('service', '0005_greeting_sources'),
    ]

    operations = [
        migrations.CreateModel(
            name='WelcomeTemplate',
            fields=[
                ('connection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='groups.connection')),
                ('template', models.CharField(blank=True, default='', max_length=120)),
                ('text', models.TextField(blank=True, default='')),
                ('fault', models.CharField(blank=True, default='', max_length=40)),
                ('at', models.DateTimeField()),
            ],
        ),
    ]

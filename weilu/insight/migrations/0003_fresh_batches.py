
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_jobs_asked_again'),
        ('insight', '0002_alerts'),
    ]

    operations = [
        migrations.CreateModel(
            name='FreshBatch',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
        ),
    ]

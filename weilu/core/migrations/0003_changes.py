
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_jobs_asked_again'),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(blank=True, max_length=24)),
                ('key', models.CharField(blank=True, max_length=40)),
                ('ids', models.BinaryField(null=True)),
                ('mark', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'id'], name='change_by_number'), models.Index(fields=['workspace', 'mark'], name='change_by_mark'), models.Index(fields=['at'], name='change_by_age')],
            },
        ),
    ]

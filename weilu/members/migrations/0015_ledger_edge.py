
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0003_changes'),
        ('members', '0014_company_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerEdge',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='core.workspace')),
                ('day', models.IntegerField()),
                ('next', models.BigIntegerField(default=0, null=True)),
            ],
        ),
    ]


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0011_keep_declared_joins'),
        ('members', '0015_ledger_edge'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='scan',
            name='scan_of_visitor',
        ),
        migrations.AddIndex(
            model_name='scan',
            index=models.Index(condition=models.Q(('is_bot', False), ('is_repeat', False)), fields=['link', 'visitor'], name='scan_first_of_visitor'),
        ),
    ]

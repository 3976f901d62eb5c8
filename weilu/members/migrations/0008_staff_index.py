
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_jobs_asked_again'),
        ('members', '0007_goodwill'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='member',
            name='member_staff',
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('is_staff', True)), fields=['workspace', 'merged_into'], name='member_staff'),
        ),
    ]

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0006_blueprint'),
        ('core', '0002_jobs_asked_again'),
        ('groups', '0007_participation_by_key'),
        ('service', '0004_exchange'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='greeting',
            name='greeting_of_all',
        ),
        migrations.RemoveConstraint(
            model_name='greeting',
            name='greeting_of_one',
        ),
        migrations.AddField(
            model_name='greeting',
            name='source',
            field=models.CharField(blank=True, default='', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='greeting',
            constraint=models.UniqueConstraint(condition=models.Q(('group', None)), fields=('community', 'source'), name='greeting_of_all'),
        ),
        migrations.AddConstraint(
            model_name='greeting',
            constraint=models.UniqueConstraint(condition=models.Q(('group__isnull', False)), fields=('group', 'source'), name='greeting_of_one'),
        ),
    ]

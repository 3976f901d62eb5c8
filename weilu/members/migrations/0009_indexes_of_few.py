
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_jobs_asked_again'),
        ('members', '0008_staff_index'),
    ]

    operations = [
        migrations.AlterField(
            model_name='member',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.member'),
        ),
        migrations.AlterField(
            model_name='tagging',
            name='removed',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.deed'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='member_merged'),
        ),
        migrations.AddIndex(
            model_name='tagging',
            index=models.Index(condition=models.Q(('removed__isnull', False)), fields=['removed'], name='tagging_removed'),
        ),
    ]

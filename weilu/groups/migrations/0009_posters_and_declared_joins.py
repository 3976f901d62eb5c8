import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0008_size_caps'),
        ('members', '0006_segment_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='joinlink',
            name='asks_code',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='joinlink',
            name='poster_picture',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='joinlink',
            name='poster_text',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='joinlink',
            name='poster_title',
            field=models.CharField(blank=True, default='', max_length=40),
        ),
        migrations.AddField(
            model_name='joinlink',
            name='spread',
            field=models.CharField(choices=[('weight', 'Weight'), ('room', 'Room')], default='weight', max_length=6),
        ),
        migrations.AddField(
            model_name='scan',
            name='declared_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='scan',
            name='declared_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='members.identity'),
        ),
        migrations.AddField(
            model_name='scan',
            name='says',
            field=models.CharField(blank=True, default='', max_length=6),
        ),
        migrations.AddIndex(
            model_name='scan',
            index=models.Index(condition=models.Q(('declared_at', None), models.Q(('says', ''), _negated=True)), fields=['says'], name='scan_to_declare'),
        ),
    ]

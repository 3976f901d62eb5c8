from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0019_first_countings'),
    ]

    operations = [
        migrations.AddField(
            model_name='goodwill',
            name='earned',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='goodwill',
            name='shift',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='ledgeredge',
            name='apart',
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]

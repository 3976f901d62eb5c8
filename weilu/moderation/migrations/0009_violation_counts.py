
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0008_sayings'),
    ]

    operations = [
        migrations.AddField(
            model_name='violation',
            name='counts',
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]

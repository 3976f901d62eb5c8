
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0011_outgoing_stopping'),
    ]

    operations = [
        migrations.AddField(
            model_name='picture',
            name='data',
            field=models.BinaryField(null=True),
        ),
    ]


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0010_pictures'),
    ]

    operations = [
        migrations.AlterField(
            model_name='outgoing',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('held', 'Held'), ('sending', 'Sending'), ('asked', 'Asked'), ('stopping', 'Stopping'), ('unsure', 'Unsure'), ('sent', 'Sent'), ('failed', 'Failed'), ('expired', 'Expired'), ('cancelled', 'Cancelled')], default='waiting', max_length=10),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0006_move_abuse_ladders'),
    ]

    operations = [
        migrations.AddField(
            model_name='doubt',
            name='seen',
            field=models.TextField(blank=True, default=''),
        ),
    ]

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('insight', '0005_found_circles'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='standing',
            name='life',
        ),
    ]

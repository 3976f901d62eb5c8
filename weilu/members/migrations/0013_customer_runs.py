import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0012_customers'),
    ]

    operations = [
        migrations.AddField(
            model_name='customerlist',
            name='agreed_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='customerlist',
            name='done',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='customerlist',
            name='fresh',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='customerlist',
            name='matched',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='customerlist',
            name='refused',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='customerlist',
            name='rows',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='customerlist',
            name='state',
            field=models.CharField(choices=[('looked_at', 'Looked At'), ('running', 'Running'), ('done', 'Done'), ('stopped', 'Stopped')], default='looked_at', max_length=9),
        ),
        migrations.AddField(
            model_name='customerlist',
            name='wording',
            field=models.CharField(blank=True, default='', max_length=2000),
        ),
        migrations.CreateModel(
            name='CustomerPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.TextField()),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.customerlist')),
            ],
        ),
    ]

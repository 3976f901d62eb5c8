import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0004_raids'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='policy',
            name='muting',
            field=models.CharField(blank=True, default='', max_length=500),
        ),
        migrations.AddField(
            model_name='policy',
            name='removing',
            field=models.CharField(blank=True, default='', max_length=500),
        ),
        migrations.AddField(
            model_name='policy',
            name='rules',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='violation',
            name='rule',
            field=models.CharField(blank=True, default='', max_length=80),
        ),
        migrations.AddField(
            model_name='violation',
            name='rules_version',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='doubt',
            name='kind',
            field=models.CharField(choices=[('ad', 'Ad'), ('contact', 'Contact'), ('qr', 'Qr'), ('abuse', 'Abuse'), ('flood', 'Flood'), ('call_all', 'Call All'), ('reported', 'Reported')], max_length=8),
        ),
        migrations.CreateModel(
            name='PolicyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('values', models.JSONField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='moderation.policy')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('policy', 'version'), name='policy_version_once')],
            },
        ),
    ]

import django.db.models.deletion
import weilu.communities.models
from django.conf import settings
from django.db import migrations, models


def _give_codes(apps, schema_editor):
    """Each community that is there gets a code of its own before codes must differ."""
    Community = apps.get_model("communities", "Community")
    for pk in Community.objects.values_list("pk", flat=True):
        Community.objects.filter(pk=pk).update(code=weilu.communities.models.new_code())


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0004_quiet_hours'),
        ('core', '0002_jobs_asked_again'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='community',
            name='code',
            field=models.CharField(default="", max_length=16),
        ),
        migrations.RunPython(_give_codes, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name='community',
            name='code',
            field=models.CharField(default=weilu.communities.models.new_code, max_length=16, unique=True),
        ),
        migrations.CreateModel(
            name='Rules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('intro', models.CharField(blank=True, default='', max_length=500)),
                ('rules', models.JSONField(default=list)),
                ('contact', models.CharField(blank=True, default='', max_length=120)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('rules', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='communities.rules')),
            ],
        ),
        migrations.AddConstraint(
            model_name='rules',
            constraint=models.UniqueConstraint(fields=('community', 'version'), name='rules_version_once'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.UniqueConstraint(fields=('rules', 'name'), name='reading_once'),
        ),
    ]

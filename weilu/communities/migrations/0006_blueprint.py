
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0005_rules'),
        ('core', '0002_jobs_asked_again'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Canvas',
            fields=[
                ('community', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='communities.community')),
                ('purpose', models.TextField(blank=True, default='')),
                ('goal', models.TextField(blank=True, default='')),
                ('audience', models.TextField(blank=True, default='')),
                ('not_for', models.TextField(blank=True, default='')),
                ('needs', models.TextField(blank=True, default='')),
                ('pains', models.TextField(blank=True, default='')),
                ('promises', models.JSONField(default=dict)),
                ('kind', models.CharField(blank=True, default='', max_length=10)),
                ('tier', models.CharField(blank=True, default='', max_length=10)),
                ('themes', models.TextField(blank=True, default='')),
                ('voice', models.CharField(blank=True, default='', max_length=200)),
                ('tone', models.TextField(blank=True, default='')),
                ('trade', models.CharField(blank=True, default='', max_length=20)),
                ('touched', models.JSONField(default=dict)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='FitCheck',
            fields=[
                ('community', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='communities.community')),
                ('answers', models.JSONField(default=dict)),
                ('points', models.PositiveSmallIntegerField()),
                ('most', models.PositiveSmallIntegerField()),
                ('verdict', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='PlatformPlan',
            fields=[
                ('community', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='communities.community')),
                ('answers', models.JSONField(default=dict)),
                ('chosen', models.CharField(blank=True, default='', max_length=20)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='CanvasVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('sheet', models.JSONField()),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('community', 'version'), name='canvas_version_once')],
            },
        ),
    ]


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0005_rules'),
        ('core', '0002_jobs_asked_again'),
        ('moderation', '0002_policies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='policy',
            name='abuse_ladder',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='policy',
            name='packet',
            field=models.CharField(blank=True, default='', max_length=500),
        ),
        migrations.AddField(
            model_name='policy',
            name='report_word',
            field=models.CharField(blank=True, default='', max_length=20),
        ),
        migrations.AlterField(
            model_name='doubt',
            name='kind',
            field=models.CharField(choices=[('ad', 'Ad'), ('abuse', 'Abuse'), ('reported', 'Reported')], max_length=8),
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('violation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='appeal', serialize=False, to='moderation.violation')),
                ('words', models.TextField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('granted', 'Granted'), ('declined', 'Declined')], default='open', max_length=10)),
                ('answer', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'state', 'at'], name='appeal_waiting')],
            },
        ),
        migrations.CreateModel(
            name='Ban',
            fields=[
                ('violation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='ban', serialize=False, to='moderation.violation')),
                ('member_id', models.BigIntegerField()),
                ('until', models.DateTimeField(null=True)),
                ('at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('community', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('lifted_at', None)), fields=['community', 'member_id'], name='ban_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.BigIntegerField(null=True)),
                ('reporter_id', models.BigIntegerField(null=True)),
                ('words', models.TextField(blank=True, default='')),
                ('name', models.CharField(blank=True, default='', max_length=80)),
                ('source', models.CharField(blank=True, default='', max_length=16)),
                ('state', models.CharField(choices=[('open', 'Open'), ('right', 'Right'), ('wrong', 'Wrong')], default='open', max_length=8)),
                ('at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'at'], name='report_lately'), models.Index(condition=models.Q(('message_id', None)), fields=['workspace', 'state', 'at'], name='report_waiting'), models.Index(fields=['reporter_id'], name='report_record')],
                'constraints': [models.UniqueConstraint(fields=('message_id', 'reporter_id'), name='report_once')],
            },
        ),
    ]

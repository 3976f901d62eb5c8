
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('communities', '0002_initial'),
        ('core', '0002_jobs_asked_again'),
        ('groups', '0001_initial'),
        ('members', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CommunityDay',
            fields=[
                ('day', models.IntegerField()),
                ('messages', models.IntegerField(default=0)),
                ('joins', models.IntegerField(default=0)),
                ('leaves', models.IntegerField(default=0)),
                ('links', models.IntegerField(default=0)),
                ('questions', models.IntegerField(default=0)),
                ('people', models.BinaryField()),
                ('counts', models.BinaryField()),
                ('hours', models.BinaryField()),
                ('pk', models.CompositePrimaryKey('community_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('community', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
            ],
        ),
        migrations.CreateModel(
            name='GroupDay',
            fields=[
                ('day', models.IntegerField()),
                ('messages', models.IntegerField(default=0)),
                ('joins', models.IntegerField(default=0)),
                ('leaves', models.IntegerField(default=0)),
                ('links', models.IntegerField(default=0)),
                ('questions', models.IntegerField(default=0)),
                ('people', models.BinaryField()),
                ('counts', models.BinaryField()),
                ('hours', models.BinaryField()),
                ('pk', models.CompositePrimaryKey('group_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('group', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group')),
            ],
        ),
        migrations.CreateModel(
            name='MoveDay',
            fields=[
                ('day', models.IntegerField()),
                ('joins', models.IntegerField(default=0)),
                ('returns', models.IntegerField(default=0)),
                ('leaves', models.IntegerField(default=0)),
                ('pk', models.CompositePrimaryKey('group_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group')),
            ],
        ),
        migrations.CreateModel(
            name='WordWeek',
            fields=[
                ('week', models.IntegerField()),
                ('word', models.CharField(max_length=40)),
                ('messages', models.IntegerField()),
                ('people', models.IntegerField()),
                ('pk', models.CompositePrimaryKey('group_id', 'week', 'word', blank=True, editable=False, primary_key=True, serialize=False)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group')),
            ],
        ),
        migrations.CreateModel(
            name='FindingRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('check_code', models.CharField(max_length=60)),
                ('severity', models.SmallIntegerField()),
                ('body', models.JSONField()),
                ('since', models.DateTimeField()),
                ('computed_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('later', 'Later'), ('done', 'Done')], default='open', max_length=8)),
                ('later_until', models.DateTimeField(null=True)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group')),
                ('handled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('group', 'check_code'), name='finding_once')],
            },
        ),
        migrations.CreateModel(
            name='LinkDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.IntegerField()),
                ('host', models.CharField(max_length=120)),
                ('url', models.CharField(max_length=500)),
                ('times', models.IntegerField()),
                ('message_id', models.BigIntegerField()),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('group', 'day', 'url'), name='link_day_once')],
            },
        ),
        migrations.CreateModel(
            name='MemberTotals',
            fields=[
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='members.member')),
                ('messages', models.BigIntegerField(default=0)),
                ('groups', models.IntegerField(default=0)),
                ('first_ms', models.BigIntegerField(default=0)),
                ('last_ms', models.BigIntegerField(default=0)),
                ('left_ms', models.BigIntegerField(default=0)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'messages', 'member'], name='totals_by_messages'), models.Index(fields=['workspace', 'last_ms', 'member'], name='totals_by_last'), models.Index(fields=['workspace', 'first_ms', 'member'], name='totals_by_first')],
            },
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('present', models.IntegerField(default=0)),
                ('ever', models.IntegerField(default=0)),
                ('silent', models.IntegerField(default=0)),
                ('life', models.CharField(blank=True, default='', max_length=12)),
                ('at', models.DateTimeField()),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
                ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('group', None)), fields=('community',), name='standing_of_whole'), models.UniqueConstraint(condition=models.Q(('group__isnull', False)), fields=('group',), name='standing_of_group')],
            },
        ),
    ]

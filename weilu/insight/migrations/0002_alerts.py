
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_jobs_asked_again'),
        ('groups', '0004_examination'),
        ('insight', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('complaint', 'Complaint'), ('abuse', 'Abuse'), ('leave', 'Leave')], max_length=10)),
                ('since_ms', models.BigIntegerField()),
                ('last_ms', models.BigIntegerField()),
                ('signs', models.PositiveIntegerField()),
                ('people', models.PositiveIntegerField()),
                ('usual', models.FloatField()),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'closed_at'], name='alert_listed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('group', 'kind'), name='alert_open_once')],
            },
        ),
        migrations.CreateModel(
            name='Sign',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('member_id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('complaint', 'Complaint'), ('abuse', 'Abuse'), ('leave', 'Leave')], max_length=10)),
                ('sent_ms', models.BigIntegerField()),
                ('group', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['group', 'kind', 'sent_ms'], name='sign_by_group')],
            },
        ),
    ]

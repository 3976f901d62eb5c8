import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('communities', '0006_blueprint'),
        ('core', '0002_jobs_asked_again'),
        ('members', '0006_segment_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('layer', models.CharField(choices=[('management', 'management'), ('operations', 'operations'), ('technical', 'technical')], max_length=12)),
                ('role', models.CharField(choices=[('lead', 'lead'), ('soul', 'soul'), ('steward', 'steward'), ('content', 'content'), ('service', 'service'), ('expert', 'expert'), ('talent', 'talent'), ('fan_manager', 'fan_manager'), ('analyst', 'analyst'), ('tools', 'tools')], max_length=12)),
                ('duty', models.CharField(blank=True, default='', max_length=200)),
                ('somebody', models.CharField(blank=True, default='', max_length=60)),
                ('created_at', models.DateTimeField()),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
                ('identity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='members.identity')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Seed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('to_invite', 'To Invite'), ('invited', 'Invited'), ('agreed', 'Agreed'), ('in', 'In'), ('no', 'No')], default='to_invite', max_length=10)),
                ('reasons', models.JSONField(default=list)),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('thanked_at', models.DateTimeField(null=True)),
                ('changed_at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
                ('identity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.identity')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('community', 'identity'), name='seed_once')],
            },
        ),
    ]


import django.db.models.deletion
import weilu.communities.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0005_rules'),
        ('core', '0002_jobs_asked_again'),
        ('groups', '0004_examination'),
    ]

    operations = [
        migrations.CreateModel(
            name='JoinLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=weilu.communities.models.new_code, max_length=16, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('source', models.CharField(choices=[('store', 'Store'), ('parcel', 'Parcel'), ('staff', 'Staff'), ('poster', 'Poster'), ('online', 'Online'), ('sms', 'Sms'), ('partner', 'Partner'), ('member', 'Member'), ('other', 'Other')], max_length=10)),
                ('cost', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('words', models.CharField(blank=True, default='', max_length=300)),
                ('question', models.CharField(blank=True, default='', max_length=120)),
                ('is_on', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='JoinTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('weight', models.PositiveSmallIntegerField(default=1)),
                ('address', models.CharField(blank=True, default='', max_length=500)),
                ('picture', models.CharField(blank=True, default='', max_length=200)),
                ('answer', models.CharField(blank=True, default='', max_length=60)),
                ('most', models.PositiveIntegerField(default=200)),
                ('shown', models.PositiveIntegerField(default=0)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('opens', models.TimeField(blank=True, null=True)),
                ('closes', models.TimeField(blank=True, null=True)),
                ('is_on', models.BooleanField(default=True)),
                ('code_set_at', models.DateTimeField()),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group')),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='groups.joinlink')),
            ],
        ),
        migrations.CreateModel(
            name='Scan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visitor', models.CharField(max_length=16)),
                ('is_bot', models.BooleanField(default=False)),
                ('is_repeat', models.BooleanField(default=False)),
                ('answer', models.CharField(blank=True, default='', max_length=60)),
                ('at', models.DateTimeField()),
                ('link', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.joinlink')),
                ('target', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='groups.jointarget')),
            ],
        ),
        migrations.AddConstraint(
            model_name='joinlink',
            constraint=models.UniqueConstraint(fields=('workspace', 'name'), name='join_link_once'),
        ),
        migrations.AddIndex(
            model_name='scan',
            index=models.Index(fields=['link', 'at'], name='scan_of_link'),
        ),
        migrations.AddIndex(
            model_name='scan',
            index=models.Index(fields=['link', 'visitor'], name='scan_of_visitor'),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_jobs_asked_again'),
        ('groups', '0009_posters_and_declared_joins'),
        ('members', '0012_customers'),
    ]

    operations = [
        migrations.CreateModel(
            name='KnownJoin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(choices=[('signal', 'Signal'), ('asked', 'Asked'), ('said', 'Said')], max_length=8)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='joinask',
            name='link',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='groups.joinlink'),
        ),
        migrations.AddField(
            model_name='joinask',
            name='scan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='groups.scan'),
        ),
        migrations.AddIndex(
            model_name='joinask',
            index=models.Index(condition=models.Q(('link__isnull', False)), fields=['group', 'account'], name='join_ask_by_link'),
        ),
        migrations.AddField(
            model_name='knownjoin',
            name='group',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group'),
        ),
        migrations.AddField(
            model_name='knownjoin',
            name='identity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.identity'),
        ),
        migrations.AddField(
            model_name='knownjoin',
            name='link',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.joinlink'),
        ),
        migrations.AddIndex(
            model_name='knownjoin',
            index=models.Index(fields=['link', 'at'], name='known_join_of_link'),
        ),
        migrations.AddConstraint(
            model_name='knownjoin',
            constraint=models.UniqueConstraint(fields=('group', 'identity'), name='known_join_once'),
        ),
    ]

import django.db.models.deletion
import django.db.models.fields.json
import yiwang.commons.flow.engine.values_json
import yiwang.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('commons_identity', '0002_heldgrant'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ProcessDefinition',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=120)),
                ('version', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('bpmn', models.BinaryField()),
                ('spec', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField()),
                ('reason', models.TextField(blank=True)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='InstanceMigration',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('mapping', models.JSONField(default=dict, help_text='element id → element id, where it has changed')),
                ('total', models.PositiveIntegerField(help_text='instances when it began')),
                ('moved', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('reasons', models.JSONField(default=list, help_text='[element id, sentence, how many]')),
                ('last', models.UUIDField(help_text='the instance that was looked at last', null=True)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_flow.processdefinition')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_flow.processdefinition')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='ProcessDraft',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=120)),
                ('title', models.CharField(max_length=200)),
                ('bpmn', models.BinaryField()),
                ('state', models.CharField(choices=[('open', 'OPEN'), ('published', 'PUBLISHED'), ('discarded', 'DISCARDED')], max_length=9)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('based_on', models.PositiveIntegerField(default=0, help_text='version that it began as, 0 for none')),
                ('editors', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='ProcessInstance',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('parent_item', models.CharField(blank=True, max_length=36)),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject_id', models.UUIDField()),
                ('title', models.CharField(max_length=200)),
                ('net', models.CharField(blank=True, max_length=24)),
                ('status', models.CharField(choices=[('running', 'RUNNING'), ('halted', 'HALTED'), ('completed', 'COMPLETED'), ('cancelled', 'CANCELLED')], max_length=9)),
                ('state', models.BinaryField(null=True)),
                ('variables', models.JSONField(decoder=yiwang.commons.flow.engine.values_json.FeelDecoder, default=dict, encoder=yiwang.commons.flow.engine.values_json.FeelEncoder)),
                ('pins', models.JSONField(default=dict, help_text='versions of processes and decisions fixed at the start')),
                ('scope_key', models.CharField(max_length=120)),
                ('grade', models.PositiveSmallIntegerField(default=1)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('applicant_entity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_identity.legalentity')),
                ('applicant_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_identity.person')),
                ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instances', to='commons_flow.processdefinition')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_identity.organisation')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='commons_flow.processinstance')),
                ('root', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='commons_flow.processinstance')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='OperationCall',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('item_id', models.CharField(max_length=36)),
                ('element_id', models.CharField(max_length=120)),
                ('operation', models.CharField(max_length=120)),
                ('idempotency_key', models.CharField(max_length=80, unique=True)),
                ('inputs', models.JSONField(decoder=yiwang.commons.flow.engine.values_json.FeelDecoder, default=dict, encoder=yiwang.commons.flow.engine.values_json.FeelEncoder)),
                ('headers', models.JSONField(default=dict)),
                ('properties', models.JSONField(decoder=yiwang.commons.flow.engine.values_json.FeelDecoder, default=dict, encoder=yiwang.commons.flow.engine.values_json.FeelEncoder)),
                ('status', models.CharField(choices=[('pending', 'PENDING'), ('done', 'DONE'), ('failed', 'FAILED'), ('cancelled', 'CANCELLED')], max_length=9)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('max_attempts', models.PositiveSmallIntegerField(default=3)),
                ('due_at', models.DateTimeField(help_text='time-out')),
                ('error', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='commons_flow.processinstance')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='HistoryEntry',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject_id', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('started', 'STARTED'), ('entered', 'ENTERED'), ('passed', 'PASSED'), ('taken_away', 'TAKEN_AWAY'), ('claimed', 'CLAIMED'), ('released', 'RELEASED'), ('reassigned', 'REASSIGNED'), ('completed', 'COMPLETED'), ('decided', 'DECIDED'), ('operated', 'OPERATED'), ('called', 'CALLED'), ('halted', 'HALTED'), ('retried', 'RETRIED'), ('migrated', 'MIGRATED'), ('ended', 'ENDED'), ('cancelled', 'CANCELLED')], max_length=12)),
                ('element_id', models.CharField(blank=True, max_length=120)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('details', models.JSONField(default=dict)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='history', to='commons_flow.processinstance')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Halt',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('element_id', models.CharField(blank=True, max_length=120)),
                ('reason', models.TextField()),
                ('expression', models.TextField(blank=True)),
                ('diagnostics', models.JSONField(decoder=yiwang.commons.flow.engine.values_json.FeelDecoder, default=dict, encoder=yiwang.commons.flow.engine.values_json.FeelEncoder)),
                ('pending', models.JSONField(decoder=yiwang.commons.flow.engine.values_json.FeelDecoder, encoder=yiwang.commons.flow.engine.values_json.FeelEncoder)),
                ('at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(null=True)),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='halts', to='commons_flow.processinstance')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='ProcessMessage',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('message', 'MESSAGE'), ('signal', 'SIGNAL')], max_length=8)),
                ('name', models.CharField(max_length=120)),
                ('key', models.CharField(blank=True, max_length=200)),
                ('message_id', models.CharField(blank=True, max_length=200)),
                ('payload', models.JSONField(decoder=yiwang.commons.flow.engine.values_json.FeelDecoder, default=dict, encoder=yiwang.commons.flow.engine.values_json.FeelEncoder)),
                ('subject_kind', models.CharField(blank=True, max_length=40)),
                ('subject_id', models.UUIDField(null=True)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('taken_by', models.JSONField(default=list)),
                ('reached', models.JSONField(default=list, help_text='ids of the instances that took it')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sent', to='commons_flow.processinstance')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=40)),
                ('conditions', models.JSONField(help_text='as in the address: net, matter, stage, search words…')),
                ('is_default', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_identity.organisation')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('subscription_id', models.CharField(help_text="the engine's id, or the start event", max_length=120)),
                ('element_id', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('message', 'MESSAGE'), ('signal', 'SIGNAL'), ('timer', 'TIMER'), ('begun', 'BEGUN')], max_length=8)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('key', models.CharField(blank=True, max_length=200)),
                ('due_at', models.DateTimeField(null=True)),
                ('left', models.PositiveIntegerField(help_text='rounds of a cycle; null: endless', null=True)),
                ('definition', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subscriptions', to='commons_flow.processdefinition')),
                ('instance', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subscriptions', to='commons_flow.processinstance')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('item_id', models.CharField(max_length=36)),
                ('element_id', models.CharField(max_length=120)),
                ('name', models.CharField(max_length=120)),
                ('documentation', models.TextField(blank=True)),
                ('title', models.CharField(max_length=200)),
                ('net', models.CharField(blank=True, max_length=24)),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject_id', models.UUIDField()),
                ('scope_key', models.CharField(max_length=120)),
                ('grade', models.PositiveSmallIntegerField(default=1)),
                ('role', models.CharField(blank=True, max_length=48)),
                ('for_applicant', models.BooleanField(default=False)),
                ('form_key', models.CharField(blank=True, max_length=120)),
                ('inputs', models.JSONField(decoder=yiwang.commons.flow.engine.values_json.FeelDecoder, default=dict, encoder=yiwang.commons.flow.engine.values_json.FeelEncoder)),
                ('headers', models.JSONField(default=dict)),
                ('properties', models.JSONField(decoder=yiwang.commons.flow.engine.values_json.FeelDecoder, default=dict, encoder=yiwang.commons.flow.engine.values_json.FeelEncoder)),
                ('due_at', models.DateTimeField(null=True)),
                ('due_order', models.DateTimeField()),
                ('status', models.CharField(choices=[('open', 'OPEN'), ('claimed', 'CLAIMED'), ('done', 'DONE'), ('cancelled', 'CANCELLED')], max_length=9)),
                ('created_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('assignee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to=settings.AUTH_USER_MODEL)),
                ('completed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='commons_flow.processinstance')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_identity.organisation')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Timer',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('timer_id', models.CharField(max_length=36)),
                ('element_id', models.CharField(max_length=120)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('due_at', models.DateTimeField()),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='timers', to='commons_flow.processinstance')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.UUIDField(default=yiwang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(max_length=48)),
                ('scope', models.CharField(default='*', max_length=120)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('reason', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('from_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegated', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commons_identity.organisation')),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputising', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('revoked_at', None)), fields=['to_account', 'valid_to'], name='delegation_deputy'), models.Index(condition=models.Q(('revoked_at', None)), fields=['from_account', 'valid_to'], name='delegation_absent')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_from__lte', models.F('valid_to'))), name='delegation_dates_in_order'), models.CheckConstraint(condition=models.Q(('from_account', models.F('to_account')), _negated=True), name='delegation_to_another'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='delegation_revoked_by_somebody')],
            },
        ),
        migrations.AddConstraint(
            model_name='processdefinition',
            constraint=models.UniqueConstraint(fields=('key', 'version'), name='definition_version_once'),
        ),
        migrations.AddConstraint(
            model_name='processdefinition',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='definition_version_counts_from_1'),
        ),
        migrations.AddIndex(
            model_name='instancemigration',
            index=models.Index(models.OrderBy(models.F('started_at'), descending=True), name='migration_latest'),
        ),
        migrations.AddConstraint(
            model_name='instancemigration',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('source',), name='migration_one_open_a_version'),
        ),
        migrations.AddConstraint(
            model_name='instancemigration',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='migration_to_another_version'),
        ),
        migrations.AddIndex(
            model_name='processdraft',
            index=models.Index(models.OrderBy(models.F('updated_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('state', 'open')), name='process_drafts_open'),
        ),
        migrations.AddConstraint(
            model_name='processdraft',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('key',), name='process_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='processdraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='process_draft_ended_has_time'),
        ),
        migrations.AddIndex(
            model_name='processinstance',
            index=models.Index(fields=['subject_kind', 'subject_id'], name='instance_subject'),
        ),
        migrations.AddIndex(
            model_name='processinstance',
            index=models.Index(models.F('applicant_person'), models.OrderBy(models.F('started_at'), descending=True), name='instance_of_person'),
        ),
        migrations.AddIndex(
            model_name='processinstance',
            index=models.Index(models.F('applicant_entity'), models.OrderBy(models.F('started_at'), descending=True), name='instance_of_entity'),
        ),
        migrations.AddIndex(
            model_name='processinstance',
            index=models.Index(condition=models.Q(('status__in', ['running', 'halted'])), fields=['definition', 'id'], name='instance_going'),
        ),
        migrations.AddConstraint(
            model_name='processinstance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status__in', ['completed', 'cancelled'])), models.Q(('ended_at__isnull', True), ('status__in', ['running', 'halted'])), _connector='OR'), name='instance_ended_has_time'),
        ),
        migrations.AddConstraint(
            model_name='processinstance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'running'), _negated=True), ('state__isnull', False), _connector='OR'), name='instance_runs_with_state'),
        ),
        migrations.AddConstraint(
            model_name='processinstance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('parent__isnull', True), ('parent_item', ''), ('root__isnull', True)), models.Q(('parent__isnull', False), ('root__isnull', False), models.Q(('parent_item', ''), _negated=True)), _connector='OR'), name='instance_child_knows_its_item'),
        ),
        migrations.AddConstraint(
            model_name='processinstance',
            constraint=models.UniqueConstraint(condition=models.Q(('parent__isnull', False)), fields=('parent', 'parent_item'), name='instance_one_child_an_item'),
        ),
        migrations.AddIndex(
            model_name='operationcall',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['due_at'], name='call_due'),
        ),
        migrations.AddConstraint(
            model_name='operationcall',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status__in', ['done', 'cancelled'])), models.Q(('ended_at__isnull', True), ('status__in', ['pending', 'failed'])), _connector='OR'), name='call_ended_has_time'),
        ),
        migrations.AddIndex(
            model_name='historyentry',
            index=models.Index(fields=['subject_kind', 'subject_id', 'at'], name='history_subject'),
        ),
        migrations.AddIndex(
            model_name='historyentry',
            index=models.Index(django.db.models.fields.json.KeyTransform('decision', 'details'), models.F('instance'), condition=models.Q(('kind', 'decided')), name='history_decided'),
        ),
        migrations.AddConstraint(
            model_name='halt',
            constraint=models.UniqueConstraint(condition=models.Q(('resolved_at__isnull', True)), fields=('instance',), name='halt_one_open_an_instance'),
        ),
        migrations.AddIndex(
            model_name='processmessage',
            index=models.Index(fields=['name', 'key'], name='message_waiting'),
        ),
        migrations.AddIndex(
            model_name='processmessage',
            index=models.Index(fields=['expires_at'], name='message_expiry'),
        ),
        migrations.AddConstraint(
            model_name='processmessage',
            constraint=models.UniqueConstraint(condition=models.Q(('message_id', ''), _negated=True), fields=('kind', 'name', 'key', 'message_id'), name='message_id_once'),
        ),
        migrations.AddConstraint(
            model_name='processmessage',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='message_has_name'),
        ),
        migrations.AddIndex(
            model_name='savedview',
            index=models.Index(condition=models.Q(('organisation__isnull', False)), fields=['organisation'], name='view_shared'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('account', 'name'), name='view_name_once'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('account',), name='view_one_default'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='view_has_name'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(fields=['kind', 'name', 'key'], name='subscription_wanted'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(condition=models.Q(('kind', 'timer')), fields=['due_at'], name='subscription_due'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(fields=('instance', 'subscription_id'), name='subscription_once'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(fields=('definition', 'subscription_id'), name='subscription_start_once'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('definition__isnull', True), ('instance__isnull', False)), models.Q(('definition__isnull', False), ('instance__isnull', True)), _connector='OR'), name='subscription_of_one'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', False), ('kind', 'timer')), models.Q(('kind', 'timer'), _negated=True), _connector='OR'), name='subscription_timer_has_time'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('status__in', ['open', 'claimed'])), fields=['organisation', 'due_order', 'id'], name='task_inbox'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('status', 'claimed')), fields=['assignee', 'due_order'], name='task_mine'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['subject_kind', 'subject_id'], name='task_subject'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(fields=('instance', 'item_id'), name='task_one_an_item'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assignee__isnull', False), ('claimed_at__isnull', False), ('status', 'claimed')), models.Q(('assignee__isnull', True), ('claimed_at__isnull', True), ('status', 'open')), ('status__in', ['done', 'cancelled']), _connector='OR'), name='task_claimed_has_assignee'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status__in', ['done', 'cancelled'])), models.Q(('ended_at__isnull', True), ('status__in', ['open', 'claimed'])), _connector='OR'), name='task_ended_has_time'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('for_applicant', True), ('organisation__isnull', False), _connector='OR'), name='task_is_somebodys'),
        ),
        migrations.AddIndex(
            model_name='timer',
            index=models.Index(fields=['due_at'], name='timer_due'),
        ),
        migrations.AddConstraint(
            model_name='timer',
            constraint=models.UniqueConstraint(fields=('instance', 'timer_id'), name='timer_once'),
        ),
    ]

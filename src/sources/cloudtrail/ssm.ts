import type { CloudDetail } from '../../model/event.ts';
import { type Call, isFromService, type TrailDraft } from './call.ts';
import { parseDocument } from './documents.ts';
import { fieldsAt, flagAt, lastSegment, listAt, textAt } from './fields.ts';

/** A session of Session Manager: a shell, a command or a tunnel, by its document. */
export function startSession(call: Call): readonly TrailDraft[] {
  const { path, cloud } = parseDocument(call.request);
  const reason = textAt(call.request, 'reason')?.slice(0, LONGEST_REASON);
  return [
    {
      kind: 'access.open',
      path,
      account: call.caller.name,
      target: targetOf(textAt(call.request, 'target')),
      session: sessionOf(textAt(call.response, 'sessionId')),
      cloud: { ...cloud, ...(reason === undefined ? {} : { reason }) },
    },
  ];
}

// The API takes no more.
const LONGEST_REASON = 256;

export function resumeSession(call: Call): readonly TrailDraft[] {
  return [{ ...sessionDraft(call), kind: 'access.use' }];
}

/** The only end that the trail tells: leaving the shell makes no record. */
export function terminateSession(call: Call): readonly TrailDraft[] {
  return [{ ...sessionDraft(call), kind: 'access.close' }];
}

function sessionDraft({ caller, request, response }: Call): Omit<TrailDraft, 'kind'> {
  const id = textAt(response, 'sessionId') ?? textAt(request, 'sessionId');
  return { path: null, account: caller.name, target: null, session: sessionOf(id) };
}

/** A command runs once on each instance, and each run has its own output; by tags alone nobody knows where it ran. */
export function sendCommand(call: Call): readonly TrailDraft[] {
  const command = fieldsAt(call.response, 'command');
  const id = textAt(command, 'commandId');
  const document = textAt(call.request, 'documentName');
  const output = outputOf(command);
  const draft = {
    kind: 'access.open',
    path: 'ssm-command',
    account: call.caller.name,
    cloud: { documentClass: 'command', ...(document === null ? {} : { document }), ...output },
  } as const;
  const instances = instancesOf(call);
  if (instances.length === 0) return [{ ...draft, target: call.account, session: sessionOf(id) }];
  return instances.map((instance) => ({
    ...draft,
    target: instance,
    session: sessionOf(id === null ? null : `${id}/${instance}`),
  }));
}

// The API takes 50 ids, and 50 values of a target.
const MOST_INSTANCES = 100;

function instancesOf({ request }: Call): readonly string[] {
  const byTarget = listAt(request, 'targets')
    .filter((target) => textAt(target, 'key')?.toLowerCase() === 'instanceids')
    .flatMap((target) => listAt(target, 'values'));
  const ids = [...listAt(request, 'instanceIds'), ...byTarget];
  const names = ids.filter((id): id is string => typeof id === 'string' && id !== '' && id.length <= 64);
  return [...new Set(names)].slice(0, MOST_INSTANCES);
}

/** Where the response names neither a bucket nor a log group, the output is gone after 30 days. */
function outputOf(command: Call['response']): Pick<CloudDetail, 'output'> {
  if (Object.keys(command).length === 0) return {};
  const isStored =
    textAt(command, 'outputS3BucketName') !== null ||
    flagAt(command, 'cloudWatchOutputConfig', 'cloudWatchOutputEnabled') === true;
  return { output: isStored ? 'stored' : 'none' };
}

/** Automation that a person starts. Services start it all the time: to remediate, in maintenance windows. */
export function startAutomation(call: Call): readonly TrailDraft[] {
  if (call.caller.isService || isFromService(call)) return [];
  const document = textAt(call.request, 'documentName');
  return [
    {
      kind: 'access.open',
      path: 'ssm-command',
      account: call.caller.name,
      target: call.account,
      session: sessionOf(textAt(call.response, 'automationExecutionId')),
      cloud: { documentClass: 'command', ...(document === null ? {} : { document }) },
    },
  ];
}

/** `i-…`, `mi-…`, or `ecs:CLUSTER_TASKID_RUNTIMEID`; cluster names may hold underscores themselves. */
function targetOf(target: string | null): string | null {
  const task = target === null ? null : ECS_TARGET.exec(target);
  return task === null ? target : `${task[1]}/${task[2]}`;
}

const ECS_TARGET = /^ecs:([\w-]{1,255})_([0-9a-f-]{1,64})_([0-9a-z-]{1,128})$/;

/** Joins without time: it is unique for good. */
export function sessionOf(id: string | null): { readonly cloudSession?: string } {
  return id === null ? {} : { cloudSession: id };
}

/** A remote desktop through Fleet Manager, which brings it to the browser. Its connection has no recording id. */
export function startConnection({ caller, request }: Call): readonly TrailDraft[] {
  if (textAt(request, 'Protocol') !== 'RDP') return [];
  return [{ kind: 'access.open', path: 'rdp', account: caller.name, target: textAt(request, 'InstanceId') }];
}

/** A container by the names of its cluster and task; both may be given as ARNs. */
export function executeCommand(call: Call): readonly TrailDraft[] {
  const { request, response } = call;
  if (flagAt(request, 'dryrun') === true) return [];
  const cluster = textAt(response, 'clusterArn') ?? textAt(request, 'cluster') ?? 'default';
  const task = textAt(response, 'taskArn') ?? textAt(request, 'task');
  return [
    {
      kind: 'access.open',
      path: 'ecs-exec',
      account: call.caller.name,
      target: task === null ? lastSegment(cluster) : `${lastSegment(cluster)}/${lastSegment(task)}`,
      session: sessionOf(textAt(response, 'session', 'sessionId')),
    },
  ];
}

import { type Call, call } from './call.ts';
import { HIDDEN, REGION } from './names.ts';
import type { TrailRecord } from './record.ts';

export interface SessionCall extends Call {
  readonly target?: string;
  readonly sessionId?: string;
  readonly document?: string;
  readonly parameters?: TrailRecord;
  readonly reason?: string;
}

export function startSession(options: SessionCall = {}): TrailRecord {
  const { target = 'i-0abc1234def567890', sessionId = 'alice-0a1b2c3d4e5f67890' } = options;
  const request = {
    target,
    ...(options.document === undefined ? {} : { documentName: options.document }),
    ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  };
  const region = options.region ?? REGION;
  const response = {
    sessionId,
    tokenValue: 'Value hidden due to security reasons.',
    streamUrl: `wss://ssmmessages.${region}.amazonaws.com/v1/data-channel/${sessionId}?role=publish_subscribe`,
  };
  return call('ssm', 'StartSession', request, response, options);
}

export function resumeSession(options: SessionCall = {}): TrailRecord {
  const { sessionId = 'alice-0a1b2c3d4e5f67890' } = options;
  return call('ssm', 'ResumeSession', { sessionId }, { sessionId }, options);
}

export function terminateSession(options: SessionCall = {}): TrailRecord {
  const { sessionId = 'alice-0a1b2c3d4e5f67890' } = options;
  return call('ssm', 'TerminateSession', { sessionId }, { sessionId }, options);
}

export interface CommandCall extends Call {
  readonly document?: string;
  readonly commandId?: string;
  readonly instances?: readonly string[];
  readonly targets?: readonly TrailRecord[];
  readonly bucket?: string;
  readonly logs?: boolean;
}

export function sendCommand(options: CommandCall = {}): TrailRecord {
  const { document = 'AWS-RunShellScript', commandId = '0a1b2c3d-0000-4000-8000-0123456789ab' } = options;
  const where =
    options.targets === undefined
      ? { instanceIds: options.instances ?? ['i-0abc1234def567890'] }
      : { targets: options.targets };
  const request = { documentName: document, ...where, parameters: HIDDEN, interactive: false };
  const command = {
    commandId,
    documentName: document,
    instanceIds: options.targets === undefined ? where.instanceIds : [],
    targets: options.targets ?? [],
    parameters: HIDDEN,
    status: 'Pending',
    outputS3BucketName: options.bucket ?? '',
    outputS3KeyPrefix: '',
    cloudWatchOutputConfig: {
      cloudWatchLogGroupName: '',
      cloudWatchOutputEnabled: options.logs ?? false,
    },
  };
  return call('ssm', 'SendCommand', request, { command }, options);
}

export function startAutomationExecution(options: CommandCall = {}): TrailRecord {
  const { document = 'AWS-RestartEC2Instance' } = options;
  const automationExecutionId = options.commandId ?? '1b2c3d4e-0000-4000-8000-0123456789ab';
  const request = { documentName: document, parameters: HIDDEN };
  return call('ssm', 'StartAutomationExecution', request, { automationExecutionId }, options);
}

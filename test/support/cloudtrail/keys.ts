import { createHash } from 'node:crypto';
import { type Call, call } from './call.ts';
import { guid } from './ids.ts';
import { ACCOUNT, HIDDEN, REGION } from './names.ts';
import type { TrailRecord } from './record.ts';

/** An ed25519 key and what OpenSSH prints as its fingerprint. */
export const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f lab@example';
export const FINGERPRINT = `SHA256:${createHash('sha256')
  .update(Buffer.from(PUBLIC_KEY.split(' ')[1] ?? '', 'base64'))
  .digest('base64')
  .replace(/=+$/, '')}`;

export interface KeyCall extends Call {
  readonly instance?: string;
  readonly user?: string;
  readonly publicKey?: string;
}

export function sendSshPublicKey(options: KeyCall = {}): TrailRecord {
  const request = {
    instanceId: options.instance ?? 'i-0abc1234def567890',
    instanceOSUser: options.user ?? 'ec2-user',
    sSHPublicKey: options.publicKey ?? PUBLIC_KEY,
  };
  return call('ec2-instance-connect', 'SendSSHPublicKey', request, success(options), options);
}

export function sendSerialConsoleSshPublicKey(options: KeyCall = {}): TrailRecord {
  const request = {
    instanceId: options.instance ?? 'i-0abc1234def567890',
    serialPort: 0,
    monitorMode: false,
    sSHPublicKey: options.publicKey ?? PUBLIC_KEY,
  };
  return call('ec2-instance-connect', 'SendSerialConsoleSSHPublicKey', request, success(options), options);
}

export interface TunnelCall extends Call {
  readonly endpoint?: string;
  readonly address?: string;
  readonly port?: string;
}

export function openTunnel(options: TunnelCall = {}): TrailRecord {
  const account = options.account ?? ACCOUNT;
  const { endpoint = 'eice-0a1b2c3d4e5f67890', region = REGION } = options;
  const request = {
    instanceConnectEndpointId: endpoint,
    maxTunnelDuration: '3600',
    remotePort: options.port ?? '22',
    privateIpAddress: options.address ?? '10.0.1.5',
  };
  const arn = `arn:aws:ec2:${region}:${account}:instance-connect-endpoint/${endpoint}`;
  const resources = [{ accountId: account, type: 'AWS::EC2::InstanceConnectEndpoint', ARN: arn }];
  const more = { resources, ...options.more };
  return call('ec2-instance-connect', 'OpenTunnel', request, null, { ...options, more });
}

export interface ExecCall extends Call {
  readonly cluster?: string;
  readonly task?: string;
  readonly container?: string;
  readonly command?: string;
  readonly sessionId?: string;
  readonly dryrun?: boolean;
}

export function executeCommand(options: ExecCall = {}): TrailRecord {
  const { account = ACCOUNT, region = REGION, cluster = 'prod', container = 'app' } = options;
  const task = options.task ?? '0123456789abcdef0123456789abcdef';
  const sessionId = options.sessionId ?? 'ecs-execute-command-0a1b2c3d4e5f67890';
  const request = {
    cluster,
    container,
    command: options.command ?? '/bin/sh',
    interactive: true,
    task,
    ...(options.dryrun === undefined ? {} : { dryrun: options.dryrun }),
  };
  const response = {
    clusterArn: `arn:aws:ecs:${region}:${account}:cluster/${cluster}`,
    taskArn: `arn:aws:ecs:${region}:${account}:task/${cluster}/${task}`,
    containerName: container,
    interactive: true,
    session: {
      sessionId,
      streamUrl: `wss://ssmmessages.${region}.amazonaws.com/v1/data-channel/${sessionId}?role=publish_subscribe`,
      tokenValue: HIDDEN,
    },
  };
  return call('ecs', 'ExecuteCommand', request, response, options);
}

function success({ id }: Call): TrailRecord {
  return { requestId: guid([id, 'request']), success: true };
}

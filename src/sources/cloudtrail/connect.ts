import { createHash } from 'node:crypto';
import type { Credential } from '../../model/event.ts';
import type { Call, TrailDraft } from './call.ts';
import { portOf, textAt, valueAt } from './fields.ts';

// The instance offers the key to sshd for this long; a login later cannot be due to it.
const KEY_LIFE_MS = 60_000;

/** A key that sshd on the instance accepts for a minute: the login itself is in the instance's own log. */
export function sendSshPublicKey(call: Call): readonly TrailDraft[] {
  const cloud = { expires: call.time + KEY_LIFE_MS };
  return [{ ...keyDraft(call), kind: 'credential.issue', path: 'ec2-connect', cloud }];
}

/** The serial console has no log on the instance that must exist: the key is the access. */
export function sendSerialConsoleSshPublicKey(call: Call): readonly TrailDraft[] {
  return [{ ...keyDraft(call), kind: 'access.open', path: 'serial-console' }];
}

function keyDraft({ caller, request }: Call): Omit<TrailDraft, 'kind' | 'path'> {
  return {
    account: textAt(request, 'instanceOSUser') ?? caller.name,
    actor: caller.name,
    target: textAt(request, 'instanceId'),
    credential: parsePublicKey(textAt(request, 'sSHPublicKey')),
  };
}

/** A tunnel through an Instance Connect endpoint. It leads to an address; which instance has it, the call does not say. */
export function openTunnel({ caller, request }: Call): readonly TrailDraft[] {
  const host = textAt(request, 'privateIpAddress');
  return [
    {
      kind: 'access.open',
      path: 'ec2-connect',
      account: caller.name,
      target: host ?? textAt(request, 'instanceConnectEndpointId'),
      cloud: { forwards: { host, port: portOf(valueAt(request, 'remotePort')) } },
    },
  ];
}

/** The fingerprint as OpenSSH prints it: SHA-256 of the key's bytes in base64 without padding. */
function parsePublicKey(line: string | null): Credential {
  const encoded = line === null ? null : PUBLIC_KEY.exec(line)?.[1];
  if (encoded === undefined || encoded === null) return { type: 'publickey', id: null };
  const digest = createHash('sha256').update(Buffer.from(encoded, 'base64')).digest('base64');
  return { type: 'publickey', id: `SHA256:${digest.replace('=', '')}` };
}

// `TYPE BASE64 [COMMENT]`. An RSA key of 8,192 bits has 1,400 characters; texts end at 2,048 here.
const PUBLIC_KEY = /^\s{0,8}[\w@.-]{3,64}\s{1,8}([A-Za-z0-9+/]{16,2048}={0,2})(?:\s|$)/;

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isTrailed } from '../../src/assess/evidence.ts';
import type { Access, CloudAccess } from '../../src/model/access.ts';
import type { Provider } from '../../src/model/event.ts';
import { access } from '../support/build.ts';

function signIn(provider: Provider): Access {
  const cloud: CloudAccess = {
    provider,
    account: null,
    region: null,
    identity: 'User',
    arn: null,
    action: 'sign-in',
    document: null,
    documentClass: null,
    reason: null,
    mfa: null,
    tunnel: false,
    forwards: null,
    output: null,
    brokered: null,
    chain: ['alice'],
    names: ['alice'],
  };
  return { ...access({}), path: 'console', cloud };
}

it('the trail of a cloud is evidence of a sign-in, the event log of a host is none of a logon', () => {
  assert.equal(isTrailed(signIn('aws')), true);
  assert.equal(isTrailed(signIn('okta')), true);
  assert.equal(isTrailed(signIn('windows')), false);
  assert.equal(isTrailed({ ...signIn('aws'), path: 'ssm-shell' }), false);
  assert.equal(isTrailed({ ...signIn('aws'), cloud: null }), false);
});

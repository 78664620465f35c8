import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOwnAccess, type OwnLogin } from '../../src/assess/own-access.ts';
import type { Access } from '../../src/model/access.ts';

const KEY = 'SHA256:pZqX0fEsL0XH4kYQJmRz7yq6H2aWf7vJ1uS3mC8dT5E';
const LOGIN: OwnLogin = {
  target: 'web01',
  account: 'offrecord',
  fingerprint: KEY,
  origins: ['10.0.0.9/32'],
  via: 'sftp',
  journal: false,
  carries: false,
};

const PULL = {
  target: 'web01',
  account: 'offrecord',
  credential: { type: 'publickey', id: KEY },
  origin: { ip: '10.0.0.9', port: 40_000 },
  path: 'ssh-sftp',
  forcedCommand: null,
} as unknown as Access;

const codeOf = (access: Partial<Access>, login: Partial<OwnLogin> = {}) =>
  findOwnAccess({ ...PULL, ...access }, [{ ...LOGIN, ...login }])?.code;

test('a pull is known by host, account, key and origin', () => {
  assert.equal(codeOf({}), 'own-access');
  assert.equal(codeOf({ path: 'ssh' }), 'own-access');
});

test('another host, account or key is nobody of ours', () => {
  assert.equal(codeOf({ target: 'web02' }), undefined);
  assert.equal(codeOf({ account: 'root' }), undefined);
  assert.equal(codeOf({ credential: { type: 'publickey', id: KEY.replace('p', 'q') } }), undefined);
  assert.equal(codeOf({ credential: null }), undefined);
});

test('the own key from elsewhere, or for anything but a pull, is misused', () => {
  assert.equal(codeOf({ origin: { ip: '10.0.0.10', port: 1 } }), 'own-key-misused');
  assert.equal(codeOf({ origin: null }), 'own-key-misused');
  assert.equal(codeOf({ path: 'ssh-shell' }), 'own-key-misused');
  assert.equal(codeOf({ path: 'ssh-exec' }), 'own-key-misused');
  assert.equal(codeOf({ path: 'ssh-exec' }, { journal: true }), 'own-access');
  assert.equal(codeOf({ path: 'ssh-forward' }), 'own-key-misused');
  assert.equal(codeOf({ path: 'ssh-forward' }, { carries: true }), 'own-access');
});

test('where a command is forced, only that one is a pull', () => {
  const forced = (forcedCommand: string | null, path: Access['path'] = 'ssh') =>
    codeOf({ path, forcedCommand }, { via: 'command' });
  assert.equal(forced('/usr/local/bin/offrecord-pull'), 'own-access');
  assert.equal(forced(null), 'own-access');
  assert.equal(forced('/usr/local/bin/offrecord-pull; sh'), 'own-key-misused');
  assert.equal(forced('/bin/sh /usr/local/bin/offrecord-pull'), 'own-key-misused');
  assert.equal(forced('/usr/bin/tlog-rec-session'), 'own-key-misused');
  assert.equal(forced(null, 'ssh-sftp'), 'own-key-misused');
});

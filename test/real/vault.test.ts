import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { sshd } from '../../src/sources/sshd/sshd.ts';
import { vault } from '../../src/sources/vault/vault.ts';
import { decodeText } from '../sources/support.ts';
import { CERTIFICATE } from '../support/real/keys.ts';
import { type Lab, startLab } from '../support/real/lab.ts';
import { login, logged } from '../support/real/login.ts';
import { describeReal } from '../support/real/parts.ts';
import * as hcv from '../support/vault.ts';

/** The certificate is real and so is the login; the entry is written as Vault would have, had it signed it. */
describeReal('a certificate in Vault’s audit log and in the log of a real sshd', [], () => {
  let lab: Lab;
  before(async () => {
    lab = await startLab({ roles: ['plain'], logLevel: 'INFO' });
  });
  after(() => lab?.stop());

  it('has the same serial, key and account in both', async () => {
    const { name } = lab.account('plain');
    const { outcome } = await login(lab, { as: name, by: 'certificate', command: 'true' });
    assert.equal(outcome.code, 0);
    await logged(lab, `(serial ${CERTIFICATE.serial})`);
    const logins = decodeText(sshd, lab.log()).events.filter(
      ({ kind, credential }) => kind === 'access.open' && credential?.type === 'certificate',
    );
    const signed = hcv.call('sign/prod', 'ssh', 'ssh', {
      asked: {
        public_key: readFileSync(`${lab.keys.certifiedKey}.pub`, 'utf8'),
        valid_principals: name,
        key_id: CERTIFICATE.keyId,
      },
      answered: { serial_number: BigInt(CERTIFICATE.serial).toString(16) },
    });
    const [issue] = decodeText(vault, JSON.stringify(signed)).events;
    assert.equal(logins.length, 1);
    const { ca: _signer, ...used } = logins[0]?.credential ?? {};
    assert.deepEqual(used, issue?.credential);
    assert.equal(logins[0]?.account, issue?.account);
  });
});

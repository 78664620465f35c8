import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { sshdLogin } from '../cli/logs.ts';
import { findProgram } from '../support/real/parts.ts';
import { until } from '../support/real/process.ts';
import { freePort } from '../support/real/relay.ts';
import { Site } from './site.ts';

let site: Site;
afterEach(async () => (site as Site | undefined)?.remove());

const LOGIN = { at: '10:00:00', pid: 100 };

async function receiving(more: string): Promise<number> {
  const port = await freePort();
  site = new Site(`receive: [{id: in, listen: "127.0.0.1:${port}", spool: ./spool, ${more}}]\n`);
  site.put('hosts/web01/auth.log', '');
  return port;
}

/** Sends over a connection and waits until the text is in the spool of a peer. */
async function send(socket: Socket, text: string, log: string): Promise<void> {
  socket.end(text);
  await arrived(log, text);
}

async function arrived(log: string, text: string): Promise<void> {
  const file = site.path(`spool/in/${log}`);
  await until('lines to be written', () => existsSync(file) && readFileSync(file, 'utf8').endsWith(text));
}

async function targets(): Promise<string[]> {
  return (await site.accesses()).map((one) => `${one.target} ${one.account}`);
}

describe('received messages', () => {
  it('are accesses on the target that the address stands for, whatever host they name', async () => {
    const port = await receiving('peers: {127.0.0.1: db01}');
    const daemon = await site.start();
    const lines = sshdLogin({ ...LOGIN, host: 'web01' });
    await send(connectTcp(port, '127.0.0.1'), lines, 'hosts/db01/syslog.log');
    await daemon.pass();
    assert.deepEqual(await targets(), ['db01 alice']);
    assert.deepEqual(readdirSync(site.path('spool/in/hosts')), ['db01']);
  });

  it('name their host where they come from a relay', async () => {
    const port = await receiving('relay: true');
    const daemon = await site.start();
    await send(connectTcp(port, '127.0.0.1'), sshdLogin(LOGIN), 'relay/syslog.log');
    await daemon.pass();
    assert.deepEqual(await targets(), ['web01 alice']);
  });

  it('come over UDP too', async () => {
    const port = await receiving('transport: udp, peers: {127.0.0.1: db01}');
    const daemon = await site.start();
    const socket = createSocket('udp4');
    const lines = sshdLogin(LOGIN);
    for (const line of lines.trimEnd().split('\n')) {
      socket.send(line, port, '127.0.0.1');
      await arrived('hosts/db01/syslog.log', `${line}\n`);
    }
    socket.close();
    await daemon.pass();
    assert.deepEqual(await targets(), ['db01 alice']);
  });

  it('of an address that is not listed are not taken, and the source says so', async () => {
    const port = await receiving('peers: {10.0.0.5: db01}');
    const daemon = await site.start();
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await daemon.pass();
    assert.deepEqual(await targets(), []);
    assert.deepEqual(readdirSync(site.path('spool/in/hosts')), []);
    assert.ok(site.logged.some((line) => line['reason'] === 'unknown address'));
  });

  it('that were read before a restart are not read twice', async () => {
    const port = await receiving('peers: {127.0.0.1: db01}');
    let daemon = await site.start();
    await send(connectTcp(port, '127.0.0.1'), sshdLogin(LOGIN), 'hosts/db01/syslog.log');
    await daemon.pass();
    await site.stop();
    daemon = await site.start();
    const next = sshdLogin({ at: '11:00:00', pid: 200 });
    await send(connectTcp(port, '127.0.0.1'), next, 'hosts/db01/syslog.log');
    await daemon.pass();
    assert.deepEqual(await targets(), ['db01 alice', 'db01 alice']);
  });

  it('a port that is taken ends the start with its reason', async () => {
    const port = await receiving('peers: {127.0.0.1: db01}');
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    await assert.rejects(site.start(), /another program already listens there/);
    other.close();
  });
});

const OPENSSL = findProgram('openssl');
const NO_OPENSSL = OPENSSL === undefined ? { skip: 'openssl makes the certificates' } : {};

/** A CA and a certificate for each name, in the site's folder. */
function certify(...names: readonly string[]): void {
  const openssl = (...args: string[]) =>
    execFileSync(OPENSSL ?? '', args, { cwd: site.folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=ca');
  for (const name of names) {
    writeFileSync(site.path('ext'), `subjectAltName=DNS:${name}\n`);
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'ext'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', '2', '-out', `${name}.pem`);
  }
}

describe('received over TLS', NO_OPENSSL, () => {
  const file = (name: string) => readFileSync(site.path(name));
  const secured = () => receiving('transport: tls, cert: ./srv.pem, key: ./srv.key, client_ca: ./ca.pem');

  it('the certificate names the target, not the message', async () => {
    const port = await secured();
    certify('srv', 'db01');
    const daemon = await site.start();
    const client = { ca: file('ca.pem'), cert: file('db01.pem'), key: file('db01.key'), servername: 'srv' };
    const socket = connectTls({ port, host: '127.0.0.1', ...client });
    await send(socket, sshdLogin({ ...LOGIN, host: 'web01' }), 'hosts/db01/syslog.log');
    await daemon.pass();
    assert.deepEqual(await targets(), ['db01 alice']);
  });

  it('without a certificate nothing is taken', async () => {
    const port = await secured();
    certify('srv');
    const daemon = await site.start();
    const socket = connectTls({ port, host: '127.0.0.1', ca: file('ca.pem'), servername: 'srv' });
    socket.on('error', () => {});
    socket.write(sshdLogin(LOGIN));
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await daemon.pass();
    assert.deepEqual(await targets(), []);
    assert.deepEqual(readdirSync(site.path('spool/in/hosts')), []);
    assert.ok(site.logged.some((line) => line['reason'] === 'no valid certificate'));
  });
});

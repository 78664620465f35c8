import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, it } from 'node:test';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { openStore } from '../../src/store/open.ts';
import { sshdLogin, tlogRecording } from '../cli/logs.ts';
import { Site } from './site.ts';

const HOOK_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const MAIL_PASSWORD = 'correct-horse-battery-staple';
const TYPED = 'typed-in-the-wrong-field';
const LOG = 'hosts/web01/auth.log';
const LOGIN = { at: '10:00:00', pid: 100 };

interface Received {
  readonly id: string;
  readonly type: string;
  readonly checks: readonly string[];
}

let closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
});

/** A webhook receiver that holds each body against its signature; the clock of the test is not that of today. */
async function listen(
  answer: (at: number) => number,
  port = 0,
): Promise<{ port: number; got: Received[]; server: Server }> {
  const got: Received[] = [];
  let at = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const status = answer(at++);
      if (status === 0) return;
      got.push(verified(request.headers, Buffer.concat(chunks).toString()));
      response.writeHead(status).end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, got, server };
}

function verified(headers: IncomingHttpHeaders, body: string): Received {
  const id = String(headers['webhook-id']);
  const sentAt = new Date(Number(headers['webhook-timestamp']) * 1000);
  assert.equal(headers['webhook-signature'], new Webhook(HOOK_SECRET).sign(id, sentAt, body));
  const { type, data } = JSON.parse(body) as { type: string; data: { findings: { check: string }[] } };
  return { id, type, checks: data.findings.map((one) => one.check) };
}

function hookConfig(port: number): string {
  return `receivers:
  - {id: hook, type: webhook, url: "http://127.0.0.1:${port}/", secret: {env: HOOK_SECRET}, allow_private: true}
route: {group_wait: 0s}
`;
}

function siteWith(config: string): Site {
  const site = new Site(config, { HOOK_SECRET, MAIL_PASSWORD });
  closing.push(() => site.remove());
  site.put(LOG, sshdLogin(LOGIN));
  return site;
}

it('a dead receiver holds up no pass and loses no alert: it is delivered once, under its id', async () => {
  const dead = await listen(() => 503);
  const site = siteWith(hookConfig(dead.port));
  await site.pass('2026-11-22T12:00:00Z');
  assert.equal(dead.got.length, 1);
  const [first] = dead.got;
  dead.server.closeAllConnections();
  dead.server.close();
  await once(dead.server, 'close');
  site.append(LOG, sshdLogin({ at: '11:00:00', pid: 200 }));
  await site.pass('2026-11-22T12:30:00Z');
  assert.deepEqual(await site.verdicts(), ['unrecorded', 'unrecorded'], 'judged although nobody listens');
  const back = await listen(() => 204, dead.port);
  await site.pass('2026-11-22T16:00:00Z');
  await site.pass('2026-11-22T20:00:00Z');
  const again = back.got.filter((one) => one.id === first?.id);
  assert.equal(again.length, 1);
  assert.deepEqual(again[0], first);
  const told = back.got.filter((one) => one.type.endsWith('firing') && one.checks.includes('no-recording'));
  assert.ok(told.length >= 2, 'the alert of the second gap arrives as well');
  assert.equal(new Set(back.got.map((one) => one.id)).size, back.got.length);
});

it('a receiver that never answers does not hold up the next pass', async () => {
  const silent = await listen(() => 0);
  const site = siteWith(hookConfig(silent.port));
  const daemon = await site.start();
  await daemon.pass();
  site.append(LOG, sshdLogin({ at: '11:00:00', pid: 200 }));
  site.clock = '2026-11-22T12:01:00Z';
  await daemon.pass();
  assert.deepEqual(await site.verdicts(), ['unrecorded', 'unrecorded']);
  silent.server.closeAllConnections();
});

it('mail and webhook both get the alert and its resolution, and no secret is left anywhere', async () => {
  const hook = await listen(() => 204);
  const mails: ParsedMail[] = [];
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) =>
      auth.username === 'offrecord' && auth.password === MAIL_PASSWORD
        ? done(null, { user: 'offrecord' })
        : done(new Error('no')),
    onData: (stream, _session, done) => {
      void simpleParser(stream).then((mail) => {
        mails.push(mail);
        done();
      });
    },
  });
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  closing.push(() => new Promise<void>((end) => smtp.close(() => end())));
  const mailPort = (smtp.server.address() as AddressInfo).port;
  const site = siteWith(
    hookConfig(hook.port).replace(
      'route:',
      `  - {id: mail, type: email, host: 127.0.0.1, port: ${mailPort}, tls: none, username: offrecord, password: {env: MAIL_PASSWORD}, from: offrecord@example.org, to: [soc@example.org]}\nroute:`,
    ),
  );
  // sshd logs whatever was typed as a user name; a recording holds whatever was shown.
  site.append(LOG, `2026-11-22T10:30:00.000000+00:00 web01 sshd[400]: pam_unix(sshd:auth): ${TYPED}\n`);
  await site.pass('2026-11-22T12:00:00Z');
  assert.deepEqual(
    hook.got.map((one) => [one.type, one.checks]),
    [['offrecord.alert.firing', ['no-recording']]],
  );
  assert.equal(mails.length, 1);
  assert.match(String(mails[0]?.text), /no recording of account alice on web01/i);
  site.put('hosts/web01/recordings/a.log', tlogRecording(LOGIN).replace('hellobyes', 'secretsay'));
  await site.pass('2026-11-22T12:10:00Z');
  assert.deepEqual(
    hook.got.map((one) => one.type),
    ['offrecord.alert.firing', 'offrecord.alert.resolved'],
  );
  assert.equal(mails.length, 2);
  assert.match(String(mails[1]?.text), /resolved: what was told before/);
  const kept = [
    JSON.stringify(site.logged),
    ...readdirSync(site.folder)
      .filter((name) => name.startsWith('state.db'))
      .map((name) => readFileSync(site.path(name), 'latin1')),
    JSON.stringify(mails.map((mail) => [mail.headerLines, mail.text, mail.html])),
  ];
  assert.ok(
    kept.some((text) => text.includes('alice')),
    'the search would find something',
  );
  for (const secret of [HOOK_SECRET, HOOK_SECRET.slice(6), MAIL_PASSWORD, TYPED, 'secretsay']) {
    for (const text of kept) assert.ok(!text.includes(secret), `${secret} was kept`);
  }
});

it('an alert that was refused is sent again under its id, and says the same', async () => {
  const hook = await listen((at) => (at === 0 ? 500 : 204));
  const site = siteWith(hookConfig(hook.port));
  await site.pass('2026-11-22T12:00:00Z');
  const store = await openStore(site.store, 'reader');
  const [health] = await store.receiverHealth();
  await store.close();
  assert.deepEqual([health?.receiver, health?.pending, health?.attempts], ['hook', 1, 1]);
  await site.pass('2026-11-22T12:10:00Z');
  assert.equal(hook.got.length, 2);
  assert.deepEqual(hook.got[0], hook.got[1]);
});

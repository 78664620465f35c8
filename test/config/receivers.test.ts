import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EmailConfig } from '../../src/config/email.ts';
import { configOf, LEAST, problemsOf } from './support.ts';

const env = { PASSWORD: 'p', HOOK: 'aHVudGVyMmh1bnRlcjJodW50ZXIy' };

function receiver(fields: string): string {
  return `${LEAST}receivers:\n  - {id: r, ${fields}}\n`;
}

function email(fields: string): string {
  return receiver(`type: email, from: a@example.org, to: [b@example.org], ${fields}`);
}

function webhook(fields: string): string {
  return receiver(`type: webhook, secret: {env: HOOK}, ${fields}`);
}

function emailOf(text: string): EmailConfig {
  const [found] = configOf(text, { env }).receivers;
  assert.ok(found?.type === 'email');
  return found;
}

test('mail goes out with STARTTLS unless told otherwise', () => {
  const found = emailOf(email('host: mail.example.org'));
  assert.deepEqual([found.tls, found.port, found.login, found.ca], ['starttls', 587, null, null]);
  assert.equal(emailOf(email('host: m.example.org, tls: implicit')).port, 465);
  assert.equal(emailOf(email('host: m.example.org, port: 2525, ca: ca.pem')).port, 2525);
});

test('mail without TLS is only for a server on this machine', () => {
  for (const host of ['localhost', '127.0.0.1', '127.8.9.10', '"::1"']) {
    assert.equal(emailOf(email(`host: ${host}, tls: none`)).port, 25, host);
  }
  for (const host of ['mail.example.org', '10.0.0.1', 'localhost.example.org', '128.0.0.1', '"::2"']) {
    const problems = problemsOf(email(`host: ${host}, tls: none`)).join();
    assert.match(problems, /`tls` must be starttls or implicit/, host);
  }
});

test('a login needs both name and password', () => {
  const both = emailOf(email('host: m.example.org, username: u, password: {env: PASSWORD}'));
  assert.equal(both.login?.username, 'u');
  assert.equal(both.login?.password.reveal(), 'p');
  for (const half of ['username: u', 'password: {env: PASSWORD}']) {
    const problems = problemsOf(email(`host: m.example.org, ${half}`), { env }).join();
    assert.match(problems, /`username` must be given together with `password`, or neither/);
  }
});

test('addresses of mail cannot add a header', () => {
  for (const to of ['"b@example.org\\nBcc: c@example.org"', 'B <b@example.org>', '"b@c@d"', 'b']) {
    const text = receiver(`type: email, host: m.example.org, from: a@example.org, to: [${to}]`);
    assert.match(problemsOf(text).join(), /`to\[0\]` must be a mail address/, to);
  }
  assert.match(problemsOf(email('host: "m.example.org\\r\\nx"')).join(), /`host` must be a host name/);
});

test('a webhook needs https, or this machine', () => {
  const [found] = configOf(webhook('url: "https://example.org/hook?x=1"'), { env }).receivers;
  assert.ok(found?.type === 'webhook');
  assert.deepEqual([found.url, found.allowPrivate], ['https://example.org/hook?x=1', false]);
  for (const url of ['http://127.0.0.1:9000/', 'http://[::1]/x', 'http://localhost/']) {
    assert.deepEqual(problemsOf(webhook(`url: "${url}", allow_private: true`), { env }), [], url);
  }
  for (const url of ['http://example.org/', 'http://10.0.0.1/', 'ftp://example.org/', 'file:///etc/passwd']) {
    const problems = problemsOf(webhook(`url: "${url}", allow_private: true`), { env }).join();
    assert.match(problems, /`url` must begin with https:/, url);
  }
  assert.match(problemsOf(webhook('url: "example.org/hook"'), { env }).join(), /must be a complete address/);
});

test('a webhook to a private address has to be allowed', () => {
  const hosts = [
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '[fd00::1]',
    '[::ffff:10.0.0.1]',
    '127.1',
  ];
  for (const host of hosts) {
    const text = webhook(`url: "https://${host}/"`);
    assert.match(problemsOf(text, { env }).join(), /`allow_private` must be true/, host);
  }
  for (const host of ['172.32.0.1', '11.0.0.1', '[2001:db8::1]', 'internal.example.org']) {
    assert.deepEqual(problemsOf(webhook(`url: "https://${host}/"`), { env }), [], host);
  }
});

test('a webhook is signed with a key worth the name', () => {
  const text = webhook('url: "https://example.org/"');
  for (const key of ['whsec_aHVudGVyMmh1bnRlcjJodW50ZXIy', 'MDEyMzQ1Njc4OWFiY2RlZg==']) {
    assert.deepEqual(problemsOf(text, { env: { HOOK: key } }), [], key);
  }
  for (const key of [
    'hunter2',
    'not base64 but long enough to be',
    'MDEyMzQ1Njc4OWFiY2RlZg=',
    'whsec_aHVudGVyMg==',
  ]) {
    assert.match(
      problemsOf(text, { env: { HOOK: key } }).join(),
      /`secret` names a value that is no key/,
      key,
    );
  }
});

test('names, passwords and fragments have no place in an address', () => {
  const problem = (url: string): string => problemsOf(webhook(`url: "${url}"`), { env }).join();
  assert.match(problem('https://user@example.org/'), /must not hold a name or password/);
  assert.match(problem('https://example.org/#x'), /must not hold a fragment/);
});

test('a kind of receiver that does not exist is told which do', () => {
  assert.deepEqual(problemsOf(receiver('type: emial')), [
    '3:19 `type` must be one of email, webhook, file; did you mean `email`?',
  ]);
  assert.deepEqual(problemsOf(receiver('path: x')), [
    '3:5 `type` is missing; it must be one of email, webhook, file',
  ]);
});

test('without a choice every receiver gets the alerts', () => {
  const two = `${LEAST}receivers: [{id: a, type: file, path: x}, {id: b, type: file, path: y}]\n`;
  assert.deepEqual(configOf(two).route.receivers, ['a', 'b']);
  assert.deepEqual(configOf(`${two}route: {receivers: [b]}\n`).route.receivers, ['b']);
  assert.deepEqual(problemsOf(`${two}route: {receivers: [bb]}\n`), [
    '3:21 there is no receiver `bb`; did you mean `b`?',
  ]);
});

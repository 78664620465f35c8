import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { Resolve } from '../../src/notify/webhook/address.ts';
import { createPolicy } from '../../src/notify/webhook/address.ts';
import { toBody } from '../../src/notify/webhook/body.ts';
import { classifyAnswer, parseRetryAfter } from '../../src/notify/webhook/classify.ts';
import { createWebhook } from '../../src/notify/webhook/webhook.ts';
import { finding } from '../store/samples.ts';
import { conforms, withoutSecrets } from './conformance.ts';
import {
  ALERT_ID,
  closedPort,
  context,
  FIXTURES,
  KEY,
  KEY_SECRET,
  listen,
  never,
  NOW,
  sample,
  silentServer,
} from './support.ts';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver that answers each request in turn as `answers` says, and 204 afterwards. */
async function receiver(t: TestContext, ...answers: readonly ((response: ServerResponse) => void)[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const answer = answers[received.length];
      received.push({ headers: request.headers, body });
      if (answer === undefined) response.writeHead(204).end();
      else answer(response);
    });
  });
  const port = await listen(t, server);
  return { url: `http://127.0.0.1:${port}/hook/token-in-path`, port, received };
}

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(code, headers).end('a body that nobody reads');
  };

function hook(url: string, changes: Partial<Parameters<typeof createWebhook>[0]> = {}, resolve?: Resolve) {
  const options = { id: 'hook', url, secret: KEY_SECRET, allowPrivate: false, ...changes };
  return createWebhook(options, context(), resolve);
}

conforms('webhook', {
  working: async (t, given) => {
    const { url } = await receiver(t);
    const options = { id: 'hook', url, secret: KEY_SECRET, allowPrivate: false };
    return { notifier: createWebhook(options, given), type: 'webhook' };
  },
  hanging: async (t, given) => {
    const url = `http://127.0.0.1:${await silentServer(t)}/`;
    return {
      notifier: createWebhook({ id: 'hook', url, secret: KEY_SECRET, allowPrivate: false }, given),
      type: 'webhook',
    };
  },
  absent: async (_, given) => {
    const url = `http://127.0.0.1:${await closedPort()}/`;
    return {
      notifier: createWebhook({ id: 'hook', url, secret: KEY_SECRET, allowPrivate: false }, given),
      type: 'webhook',
    };
  },
});

test('the signature is that of Standard Webhooks', async (t) => {
  const { url, received } = await receiver(t);
  const now = Date.now();
  const options = { id: 'hook', url, secret: KEY_SECRET, allowPrivate: false };
  await createWebhook(options, context({ now: () => now })).notify(sample(), never());
  const [request] = received;
  assert.equal(request?.headers['webhook-id'], ALERT_ID);
  const headers = {
    'webhook-id': ALERT_ID,
    'webhook-timestamp': String(request.headers['webhook-timestamp']),
    'webhook-signature': String(request.headers['webhook-signature']),
  };
  assert.doesNotThrow(() => new Webhook(`whsec_${KEY}`).verify(request.body, headers));
  assert.throws(() => new Webhook(`whsec_${KEY}`).verify(`${request.body} `, headers));
  const signed = `${ALERT_ID}.${Math.floor(now / 1000)}.${request.body}`;
  const own = createHmac('sha256', Buffer.from(KEY, 'base64')).update(signed).digest('base64');
  assert.equal(headers['webhook-signature'], `v1,${own}`);
});

test('the body says what the alert says', async (t) => {
  const { url, received } = await receiver(t);
  await hook(url).notify(sample({ omitted: 3 }), never());
  assert.equal(received[0]?.headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(received[0]?.body ?? ''), {
    type: 'offrecord.alert.firing',
    timestamp: '2026-11-22T10:00:00.000Z',
    data: {
      id: ALERT_ID,
      receiver: 'mail',
      status: 'firing',
      level: 'high',
      title: 'no-recording on web01',
      created: '2026-11-22T10:00:00.000Z',
      group_labels: { target: 'web01', check: 'no-recording' },
      findings: [{ ...finding('fnd_1'), time: '2026-11-22T10:00:00.000Z' }],
      omitted: 3,
    },
  });
});

test('a retry has the same id and body, and a signature of its own time', async (t) => {
  const { url, received } = await receiver(t, status(503));
  let now = NOW;
  const options = { id: 'hook', url, secret: KEY_SECRET, allowPrivate: false };
  const notifier = createWebhook(options, context({ now: () => now }));
  assert.equal((await notifier.notify(sample(), never())).state, 'retry');
  now += 300_000;
  assert.equal((await notifier.notify(sample(), never())).state, 'delivered');
  const [first, second] = received;
  assert.equal(first?.body, second?.body);
  assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id']);
  assert.notEqual(first?.headers['webhook-signature'], second?.headers['webhook-signature']);
});

test('every status has one meaning', () => {
  const states = new Map<string, number[]>();
  for (let code = 0; code <= 999; code += 1) {
    const { state } = classifyAnswer({ status: code, retryAfter: null }, NOW);
    states.set(state, [...(states.get(state) ?? []), code]);
  }
  assert.deepEqual(
    states.get('delivered'),
    Array.from({ length: 100 }, (_, index) => 200 + index),
  );
  const rejected = states.get('rejected') ?? [];
  assert.equal(rejected.length, 97);
  assert.ok(
    rejected.every((code) => code >= 400 && code < 500 && code !== 408 && code !== 425 && code !== 429),
  );
  assert.ok(rejected.includes(410));
});

test('over the wire: 200 is delivered, 410 and 404 rejected, 429 and 500 retried', async (t) => {
  const { url } = await receiver(
    t,
    status(200),
    status(410),
    status(404),
    status(429, { 'retry-after': '120' }),
    status(500),
  );
  const notifier = hook(url);
  const deliveries = [];
  for (let attempt = 0; attempt < 5; attempt += 1) deliveries.push(await notifier.notify(sample(), never()));
  assert.deepEqual(deliveries, [
    { state: 'delivered' },
    { state: 'rejected', reason: 'the receiver answered 410' },
    { state: 'rejected', reason: 'the receiver answered 404' },
    { state: 'retry', reason: 'the receiver answered 429', afterMs: 120_000 },
    { state: 'retry', reason: 'the receiver answered 500' },
  ]);
});

test('a redirect is not followed', async (t) => {
  const elsewhere = await receiver(t);
  const { url } = await receiver(t, status(307, { location: elsewhere.url }));
  assert.deepEqual(await hook(url).notify(sample(), never()), {
    state: 'retry',
    reason: 'the receiver answered 307',
  });
  assert.equal(elsewhere.received.length, 0);
});

test('an endless answer does not hold the attempt', async (t) => {
  const endless = (response: ServerResponse): void => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'.repeat(1000)), 1);
    response.on('close', () => clearInterval(timer));
  };
  const { url } = await receiver(t, endless);
  assert.deepEqual(await hook(url).notify(sample(), never()), { state: 'delivered' });
});

test('an answer with endless headers is an error, not a memory', async (t) => {
  const { url } = await receiver(t, status(200, { 'x-long': 'x'.repeat(100_000) }));
  const delivery = await hook(url).notify(sample(), never());
  assert.deepEqual(delivery, { state: 'retry', reason: 'the receiver was not reached: HPE_HEADER_OVERFLOW' });
});

test('Retry-After is seconds or a date, and nonsense is nothing', () => {
  const cases: readonly (readonly [string | null, number | null])[] = [
    [null, null],
    ['0', 0],
    ['120', 120_000],
    ['-1', null],
    ['1e9', null],
    ['99999999999', null],
    ['Sun, 22 Nov 2026 12:01:00 GMT', 60_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['Sun, 42 Nov 2026 11:00:00 GMT', null],
    ['2026', 2_026_000],
    ['tomorrow', null],
    ['x'.repeat(1_000_000), null],
  ];
  for (const [header, expected] of cases)
    assert.equal(parseRetryAfter(header, NOW), expected, header?.slice(0, 40));
});

test('an unknown certificate is refused', async (t) => {
  const server = createTlsServer(
    {
      key: readFileSync(new URL('server-key.pem', FIXTURES)),
      cert: readFileSync(new URL('server.pem', FIXTURES)),
    },
    (_, response) => response.writeHead(204).end(),
  );
  const port = await listen(t, server);
  const delivery = await hook(`https://localhost:${port}/`).notify(sample(), never());
  assert.deepEqual(delivery, {
    state: 'retry',
    reason: 'the receiver was not reached: UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  });
});

test('which addresses a receiver may have', () => {
  const named = (url: string, allowPrivate = false) => createPolicy(new URL(url), allowPrivate);
  const open = named('https://hooks.example.org/');
  for (const address of ['93.184.216.34', '2606:2800:220:1::1', '172.32.0.1', '100.128.0.1', '11.0.0.1']) {
    assert.equal(open(address), true, address);
  }
  const inner = [
    '10.0.0.5',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    'fd00::1',
    'fe80::1',
  ];
  const disguised = ['::ffff:10.0.0.5', '64:ff9b::a00:5', '2002:a00:5::1', '::a00:5'];
  for (const address of [...inner, ...disguised]) {
    assert.equal(open(address), false, address);
    assert.equal(named('https://hooks.example.org/', true)(address), true, address);
  }
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
    assert.equal(open(address), false, address);
    assert.equal(named('https://hooks.example.org/', true)(address), true, address);
    assert.equal(named('http://localhost:8080/')(address), true, address);
  }
  for (const address of ['0.0.0.0', '224.0.0.1', '255.255.255.255', '::', 'ff02::1', 'not an address']) {
    assert.equal(named('https://hooks.example.org/', true)(address), false, address);
  }
  assert.equal(named('http://localhost:8080/')('93.184.216.34'), false);
});

/** A resolver that answers every name with these addresses, and counts. */
function resolver(...addresses: readonly string[]) {
  const asked: string[] = [];
  const resolve: Resolve = (hostname, _, callback) => {
    asked.push(hostname);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { resolve, asked };
}

test('a name that points into a private network is refused before anything is sent', async (t) => {
  const { port, received } = await receiver(t);
  const { resolve } = resolver('127.0.0.1', '10.0.0.1');
  const notifier = hook(`https://hooks.example.org:${port}/`, {}, resolve);
  const reason = 'the receiver was not reached: its address lies in a private network or on this machine';
  assert.deepEqual(await notifier.notify(sample(), never()), { state: 'retry', reason });
  assert.deepEqual(await notifier.check(never()), [reason]);
  assert.equal(received.length, 0);
});

test('an address that is written out is refused as well', async () => {
  const notifier = hook('https://169.254.169.254/latest');
  assert.equal((await notifier.notify(sample(), never())).state, 'retry');
  assert.equal((await notifier.check(never())).length, 1);
});

test('the connection goes to the address that was checked: one look-up per attempt', async (t) => {
  const server = createServer((_, response) => response.writeHead(204).end());
  const connections: string[] = [];
  server.on('connection', (socket) => connections.push(String(socket.localAddress)));
  const port = await listen(t, server);
  const { resolve, asked } = resolver('127.0.0.1');
  // TLS towards a plain server fails, but only after the connection was made.
  const notifier = hook(`https://hooks.example.org:${port}/`, { allowPrivate: true }, resolve);
  assert.equal((await notifier.notify(sample(), never())).state, 'retry');
  assert.deepEqual([asked, connections], [['hooks.example.org'], ['127.0.0.1']]);
});

test('options that could never deliver safely are refused without quoting them', () => {
  const token = 'token-in-path';
  const bad: readonly (readonly [string, Parameters<typeof hook>[1]])[] = [
    [`http://hooks.example.org/${token}`, {}],
    [`ftp://hooks.example.org/${token}`, {}],
    [`https://user:${token}@hooks.example.org/`, {}],
    [`not a url ${token}`, {}],
    ['https://hooks.example.org/', { secret: { reveal: () => `${token}!` } }],
    ['https://hooks.example.org/', { secret: { reveal: () => '' } }],
  ];
  for (const [url, changes] of bad) {
    assert.throws(
      () => hook(url, changes),
      (error) =>
        error instanceof Error &&
        error.message.startsWith('receiver hook: ') &&
        !JSON.stringify([error, error.stack]).includes(token),
      url,
    );
  }
});

test('no reason holds the URL or the key', async (t) => {
  const { url } = await receiver(t, status(500), status(404));
  const notifier = hook(url);
  const texts = [await notifier.notify(sample(), never()), await notifier.notify(sample(), never())].map(
    (each) => JSON.stringify(each),
  );
  for (const text of texts) {
    withoutSecrets(text);
    assert.ok(!text.includes('token-in-path') && !text.includes('127.0.0.1'));
  }
});

test('a body stays below 20 KB and counts what it leaves out', () => {
  const wordy = (uid: string) => finding(uid, { evidence: Array.from({ length: 8 }, () => 'e'.repeat(150)) });
  const body = toBody(
    sample({ findings: Array.from({ length: 50 }, (_, index) => wordy(`fnd_${index}`)), omitted: 7 }),
  );
  assert.ok(Buffer.byteLength(body) < 20_000);
  const { data } = JSON.parse(body);
  assert.ok(data.findings.length > 5);
  assert.equal(data.findings.length + data.omitted, 57);
});

test('even one finding of megabytes fits, its strings cut', () => {
  const huge = '\u0001'.repeat(100_000);
  const monster = finding('fnd_1', {
    account: huge,
    target: huge,
    title: huge,
    check: huge,
    rule: huge,
    runbook: huge,
    evidence: [huge, ...Array.from({ length: 99 }, () => huge.slice(0, 1000))],
    subject: { type: 'access', uid: huge },
    refs: Array.from({ length: 99 }, () => ({ source: huge.slice(0, 1000), record: huge.slice(0, 1000) })),
  });
  const body = toBody(
    sample({ findings: [monster], groupLabels: { target: huge, check: huge, account: huge } }),
  );
  assert.ok(Buffer.byteLength(body) < 20_000, String(Buffer.byteLength(body)));
  assert.equal(JSON.parse(body).data.findings[0].level, 'high');
});

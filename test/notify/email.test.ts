import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { describe, test } from 'node:test';
import type { ParsedMail } from 'mailparser';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { NotifyContext } from '../../src/notify/context.ts';
import type { EmailOptions } from '../../src/notify/email/email.ts';
import { createEmail } from '../../src/notify/email/email.ts';
import { createRecipients } from '../../src/notify/email/recipients.ts';
import { finding } from '../store/samples.ts';
import { conforms, withoutSecrets } from './conformance.ts';
import {
  ALERT_ID,
  closedPort,
  context,
  FIXTURES,
  never,
  PASSWORD,
  PASSWORD_SECRET,
  portOf,
  sample,
  silentServer,
} from './support.ts';

const TLS = {
  key: readFileSync(new URL('server-key.pem', FIXTURES)),
  cert: readFileSync(new URL('server.pem', FIXTURES)),
};
const AUTHORITY = fileURLToPath(new URL('authority.pem', FIXTURES));
const TO = ['soc@example.org', 'boss@example.org'];

interface Inbox {
  readonly port: number;
  readonly mails: { readonly mail: ParsedMail; readonly to: readonly string[]; readonly secure: boolean }[];
}

/** A real SMTP server that keeps what it takes. */
async function smtp(t: TestContext, options: SMTPServerOptions = {}): Promise<Inbox> {
  const mails: Inbox['mails'] = [];
  const server = new SMTPServer({
    ...TLS,
    authOptional: true,
    onData(stream, session, callback) {
      const to = session.envelope.rcptTo.map((each) => each.address);
      simpleParser(stream, (error, mail) => {
        if (error === null) mails.push({ mail, to, secure: session.secure });
        callback(error);
      });
    },
    ...options,
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.server.once('listening', resolve));
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: portOf(server.server), mails };
}

function email(port: number, changes: Partial<EmailOptions> = {}, given: NotifyContext = context()) {
  const options: EmailOptions = {
    id: 'mail',
    host: 'localhost',
    port,
    tls: 'starttls',
    login: null,
    ca: AUTHORITY,
    from: 'offrecord@example.org',
    to: TO,
    ...changes,
  };
  return createEmail(options, given);
}

function refusal(message: string, responseCode: number): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** Answers each recipient by address: a code to refuse with, or nothing to accept. */
function refusing(codes: Record<string, number>): SMTPServerOptions {
  return {
    onRcptTo(address, _session, callback) {
      const code = codes[address.address];
      if (code === undefined) callback();
      else callback(refusal('refused', code));
    },
  };
}

// Tests run side by side: the test server waits 100 ms before each greeting.
const SIDE_BY_SIDE = { concurrency: true };

describe('email: contract and content', SIDE_BY_SIDE, () => {
  conforms('email', {
    working: async (t, given) => ({ notifier: email((await smtp(t)).port, {}, given), type: 'email' }),
    hanging: async (t, given) => ({ notifier: email(await silentServer(t), {}, given), type: 'email' }),
    absent: async (_, given) => ({ notifier: email(await closedPort(), {}, given), type: 'email' }),
  });

  test('a mail goes over TLS with text, HTML and an id that a repetition shares', async (t) => {
    const { port, mails } = await smtp(t);
    const notifier = email(port);
    await notifier.notify(sample(), never());
    await notifier.notify(sample(), never());
    assert.equal(mails.length, 2);
    const [first, second] = mails;
    assert.equal(first?.secure, true);
    assert.deepEqual(first.to, TO);
    assert.equal(first.mail.subject, 'no-recording on web01');
    assert.equal(first.mail.messageId, `<${ALERT_ID}@example.org>`);
    assert.equal(first.mail.messageId, second?.mail.messageId);
    assert.equal(first.mail.date?.toISOString(), '2026-11-22T10:00:00.000Z');
    assert.equal(first.mail.headers.get('auto-submitted'), 'auto-generated');
    assert.match(first.mail.text ?? '', /bastion has no recording of it/);
    assert.match(String(first.mail.html), /<li>bastion has no recording of it<\/li>/);
    assert.deepEqual(first.mail.attachments, []);
  });
});

describe('email: login and TLS', SIDE_BY_SIDE, () => {
  test('a login is made over TLS; a wrong password is retried, because it can be put right', async (t) => {
    const logins: (string | null | undefined)[] = [];
    const { port, mails } = await smtp(t, {
      authOptional: false,
      onAuth(auth, _session, callback) {
        logins.push(auth.password);
        // A server that echoes what it was sent: it must not get into the reason.
        if (auth.username === 'alice') callback(null, { user: 'alice' });
        else callback(refusal(`no such user with password ${auth.password}`, 535));
      },
    });
    const good = email(port, { login: { username: 'alice', password: PASSWORD_SECRET } });
    assert.deepEqual(await good.notify(sample(), never()), { state: 'delivered' });
    assert.deepEqual(await good.check(never()), []);
    assert.deepEqual(logins, [PASSWORD, PASSWORD]);
    assert.equal(mails.length, 1);
    const bad = email(port, { login: { username: 'mallory', password: PASSWORD_SECRET } });
    const delivery = await bad.notify(sample(), never());
    assert.equal(delivery.state, 'retry');
    withoutSecrets(JSON.stringify([delivery, await bad.check(never())]));
    assert.match(JSON.stringify(delivery), /EAUTH, SMTP 535 at AUTH/);
  });

  test('a server that offers no login although one is configured gets no mail', async (t) => {
    const { port, mails } = await smtp(t, { disabledCommands: ['AUTH'] });
    const notifier = email(port, { login: { username: 'alice', password: PASSWORD_SECRET } });
    assert.equal((await notifier.notify(sample(), never())).state, 'retry');
    assert.equal(mails.length, 0);
  });

  test('a server without STARTTLS gets nothing', async (t) => {
    const { port, mails } = await smtp(t, { disabledCommands: ['STARTTLS'] });
    const delivery = await email(port).notify(sample(), never());
    assert.equal(delivery.state, 'retry');
    assert.equal(mails.length, 0);
  });

  test('TLS from the first byte', async (t) => {
    const { port, mails } = await smtp(t, { secure: true });
    assert.deepEqual(await email(port, { tls: 'implicit' }).notify(sample(), never()), {
      state: 'delivered',
    });
    assert.equal(mails[0]?.secure, true);
  });

  test('without TLS to this machine, where that was asked for; never to another', async (t) => {
    const { port, mails } = await smtp(t, { disabledCommands: ['STARTTLS'] });
    assert.deepEqual(await email(port, { tls: 'none' }).notify(sample(), never()), { state: 'delivered' });
    assert.equal(mails[0]?.secure, false);
    for (const host of ['mail.example.org', '10.0.0.1', '127.example.org', 'localhost.example.org']) {
      assert.throws(() => email(port, { tls: 'none', host }), /to this machine only/);
    }
  });

  test('a certificate of an unknown authority, or for another name, is refused', async (t) => {
    const { port, mails } = await smtp(t);
    const unknown = await email(port, { ca: null }).notify(sample(), never());
    assert.equal(unknown.state, 'retry');
    // The certificate is for localhost and 127.0.0.1.
    const named = await email(port, { host: '127.0.0.2' }).notify(sample(), never());
    assert.equal(named.state, 'retry');
    assert.equal(mails.length, 0);
  });

  test('an authority that cannot be read is a reason to retry', async (t) => {
    const { port } = await smtp(t);
    const notifier = email(port, { ca: '/nowhere/ca.pem' });
    assert.deepEqual(await notifier.notify(sample(), never()), {
      state: 'retry',
      reason: 'the mail was not delivered: ENOENT',
    });
    assert.deepEqual(await notifier.check(never()), ['mail server localhost: ENOENT']);
  });
});

describe('email: answers', SIDE_BY_SIDE, () => {
  test('451 is tried again, and so is 530, which asks for another configuration; 550 and 552 are final', async (t) => {
    const cases = [
      [451, 'retry'],
      [421, 'retry'],
      [530, 'retry'],
      [550, 'rejected'],
      [552, 'rejected'],
    ] as const;
    for (const [code, state] of cases) {
      const { port } = await smtp(t, {
        onMailFrom: (_address, _session, callback) => callback(refusal('no', code)),
      });
      const delivery = await email(port).notify(sample(), never());
      assert.equal(delivery.state, state, `${code}: ${JSON.stringify(delivery)}`);
    }
  });

  test('a mail refused after its content is classified the same way', async (t) => {
    for (const [code, state] of [
      [452, 'retry'],
      [554, 'rejected'],
    ] as const) {
      const { port } = await smtp(t, {
        onData(stream, _session, callback) {
          stream.resume().on('end', () => callback(refusal('spam', code)));
        },
      });
      assert.equal((await email(port).notify(sample(), never())).state, state);
    }
  });

  test('all recipients refused for good: rejected; one of them only for now: retried', async (t) => {
    const both = await smtp(t, refusing({ 'soc@example.org': 550, 'boss@example.org': 550 }));
    assert.equal((await email(both.port).notify(sample(), never())).state, 'rejected');
    const mixed = await smtp(t, refusing({ 'soc@example.org': 450, 'boss@example.org': 550 }));
    assert.equal((await email(mixed.port).notify(sample(), never())).state, 'retry');
  });
});

describe('email: recipients', SIDE_BY_SIDE, () => {
  test('one recipient refused for good: delivered, with a note', async (t) => {
    const { port, mails } = await smtp(t, refusing({ 'boss@example.org': 550 }));
    assert.deepEqual(await email(port).notify(sample(), never()), {
      state: 'delivered',
      note: 'the mail server refused 1 of 2 recipients for good',
    });
    assert.deepEqual(mails[0]?.to, ['soc@example.org']);
  });

  test('one recipient put off: only that one gets the next attempt', async (t) => {
    const codes: Record<string, number> = { 'boss@example.org': 451 };
    const { port, mails } = await smtp(t, refusing(codes));
    const notifier = email(port);
    assert.deepEqual(await notifier.notify(sample(), never()), {
      state: 'retry',
      reason: 'the mail server put off 1 of 2 recipients',
    });
    delete codes['boss@example.org'];
    assert.deepEqual(await notifier.notify(sample(), never()), { state: 'delivered' });
    assert.deepEqual(
      mails.map((each) => each.to),
      [['soc@example.org'], ['boss@example.org']],
    );
  });

  test('a recipient put off and then refused for good leaves the alert delivered to the other', async (t) => {
    const codes: Record<string, number> = { 'boss@example.org': 451 };
    const { port } = await smtp(t, refusing(codes));
    const notifier = email(port);
    await notifier.notify(sample(), never());
    codes['boss@example.org'] = 550;
    assert.deepEqual(await notifier.notify(sample(), never()), {
      state: 'delivered',
      note: 'the mail server refused 1 of 2 recipients for good',
    });
  });

  test('who was put off is remembered for a thousand alerts, not for ever', () => {
    const recipients = createRecipients(TO);
    const putOff = { accepted: [], rejectedErrors: [{ recipient: 'boss@example.org', responseCode: 451 }] };
    for (let index = 0; index <= 1000; index += 1) recipients.settle(`alr_${index}`, putOff);
    assert.deepEqual(recipients.left('alr_0'), TO);
    assert.deepEqual(recipients.left('alr_1'), ['boss@example.org']);
    assert.deepEqual(recipients.left('alr_1000'), ['boss@example.org']);
  });
});

describe('email: strings from logs', SIDE_BY_SIDE, () => {
  test('names from a log add no header, no recipient and no markup', async (t) => {
    const { port, mails } = await smtp(t);
    const hostile = 'root\r\nBcc: all@example.org\r\n\r\n.\r\n<script>x</script>';
    const found = finding('fnd_1', { account: hostile, target: hostile, evidence: [hostile] });
    await email(port).notify(sample({ title: `seen ${hostile}`, findings: [found] }), never());
    const [received] = mails;
    assert.deepEqual(received?.to, TO);
    assert.equal(received.mail.bcc, undefined);
    assert.equal(received.mail.subject, 'seen root Bcc: all@example.org . <script>x</script>');
    assert.doesNotMatch(String(received.mail.html), /<script/);
    assert.match(received.mail.text ?? '', /offrecord alert alr_/);
  });

  test('a text that looks like a file or an address is sent as text', async (t) => {
    const { port, mails } = await smtp(t);
    const render = () => ({ subject: 's', text: '/etc/passwd', html: 'file:///etc/passwd' });
    assert.deepEqual(await email(port, {}, context({ render })).notify(sample(), never()), {
      state: 'delivered',
    });
    assert.equal(mails[0]?.mail.text?.trim(), '/etc/passwd');
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toHtml, toInert, toLines, toUnlinked } from '../../src/dispatch/inert.ts';
import { renderAlert } from '../../src/dispatch/render.ts';
import { alert, finding } from '../store/samples.ts';

test('a message says what was seen, what was searched, what to do and where the records are', () => {
  const { subject, text, html } = renderAlert(alert('alr_1', [finding('fnd_1')]));
  assert.equal(subject, 'no-recording on web01');
  assert.equal(
    text,
    `1 finding firing; the highest level is high.
Group {target=web01, check=no-recording}

1. [high] Privileged session without a recording
   target   web01
   account  root
   time     2026-11-22T10:00:00.000Z
   status   open
   check    no-recording
   finding  fnd_1
   access   acc_fnd_1
   Seen and searched:
   - ssh to root on web01 from 10.0.0.9 at 2026-11-22T10:00:00.000Z
   - bastion has no recording of it
   What to do:
   - Ask root who it was.
   Records:
   - web01/auth.log: 17

offrecord alert alr_1, decided 2026-11-22T10:00:00.000Z
`,
  );
  for (const part of [
    'bastion has no recording of it',
    'Ask root who it was.',
    'web01/auth.log: 17',
    'fnd_1',
  ]) {
    assert.ok(html.includes(part), part);
  }
});

test('a resolved alert says so, and a digest says how much it leaves out', () => {
  const resolved = renderAlert(alert('alr_1', [finding('fnd_1')], { status: 'resolved' }));
  assert.match(resolved.text, /^1 finding resolved: what was told before holds no longer\.\n/);
  const digest = renderAlert(alert('alr_1', [finding('fnd_1')], { omitted: 7, groupLabels: {} }));
  assert.match(digest.text, /^8 findings firing/);
  assert.match(digest.text, /7 more findings of this alert are not listed here\./);
  assert.doesNotMatch(digest.text, /Group/);
});

test('names from a log cannot become markup, lines or links', () => {
  const hostile = finding('fnd_1', {
    account: '<script>alert(1)</script>\r\nBcc: everyone@example.org',
    target: '"><img src=x>',
    evidence: ['login as \u202eevil http://phish.example/a www.phish.example &amp;'],
  });
  const { text, html } = renderAlert(alert('alr_1', [hostile]));
  assert.doesNotMatch(html, /<script|<img|&amp;|http:\/\//);
  assert.doesNotMatch(text, /^Bcc:|\r|\u202e|:\/\/|www\./m);
  assert.match(text, /login as  ?evil http\[:\]\/\/phish\.example\/a www\[\.\]phish\.example &amp;/);
});

test('the link of a runbook stays a link; it comes from a rule, not from a log', () => {
  const { text } = renderAlert(
    alert('alr_1', [finding('fnd_1', { runbook: 'Read https://wiki.example/r1\n\nThen act.' })]),
  );
  assert.match(text, /- Read https:\/\/wiki\.example\/r1\n {3}- Then act\./);
});

test('long lists are cut and counted', () => {
  const evidence = Array.from({ length: 30 }, (_, index) => `sentence ${index}`);
  const { text } = renderAlert(alert('alr_1', [finding('fnd_1', { evidence })]));
  assert.match(text, /- sentence 10\n {3}- and 19 more\n/);
  assert.doesNotMatch(text, /sentence 11\b/);
});

test('for any strings: lines of at most 200 characters without control or format characters, and only our tags', () => {
  const wild = fc.string({ unit: 'binary', maxLength: 700 });
  fc.assert(
    fc.property(wild, wild, wild, (account, sentence, runbook) => {
      const found = finding('fnd_1', {
        account,
        target: account,
        evidence: [sentence],
        runbook,
        title: sentence,
      });
      const { subject, text, html } = renderAlert(alert('alr_1', [found], { title: sentence }));
      assert.ok(Array.from(subject).length <= 200);
      for (const line of text.split('\n')) {
        assert.ok(Array.from(line).length <= 200, line);
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }
      const tags = new Set(html.match(/<\/?[a-z0-9]+/g));
      assert.deepEqual(
        [...tags].filter((tag) => !OWN_TAGS.has(tag)),
        [],
      );
      assert.equal(html.match(/</g)?.length, html.match(/<(?:\/?[a-z0-9]+|!doctype)/g)?.length);
    }),
    { numRuns: 40 },
  );
});

const OWN_TAGS = new Set(
  [
    'html',
    'head',
    'meta',
    'title',
    'body',
    'p',
    'strong',
    'ol',
    'ul',
    'li',
    'h3',
    'dl',
    'dt',
    'dd',
    'small',
  ].flatMap((tag) => [`<${tag}`, `</${tag}`]),
);

test('a text is cut with an ellipsis only where it is too long', () => {
  assert.equal(toInert('x'.repeat(200)), 'x'.repeat(200));
  assert.equal(toInert('x'.repeat(201)), `${'x'.repeat(199)}…`);
  assert.equal(Array.from(toUnlinked('a://'.repeat(60))).length, 200);
});

test('lines break at spaces, and hard where there are none', () => {
  assert.deepEqual(toLines(`${'a'.repeat(90)} ${'b'.repeat(90)} ${'c'.repeat(90)}`, 0), [
    `${'a'.repeat(90)} ${'b'.repeat(90)}`,
    'c'.repeat(90),
  ]);
  assert.deepEqual(
    toLines('x'.repeat(450), 10).map((line) => line.length),
    [190, 190, 70],
  );
});

test('html escapes what could leave a text or an attribute', () => {
  assert.equal(toHtml(`<a href="x" title='y'>&`), '&#60;a href=&#34;x&#34; title=&#39;y&#39;&#62;&#38;');
});

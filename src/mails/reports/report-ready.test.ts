import type { DeliveredFile, DeliveredReport } from '../../contracts/reports/delivery';
import { composeMail } from '../compose-mail';
import type { LoadMailInput } from '../mail-definition';
import { MAX_FIGURES } from './report-sections';
import { reportReady } from './report-ready';
import { deliveredReport } from './tests/delivered-report';

const MIB = 1024 * 1024;
const unsubscribeUrl = 'https://api.example/api/v1/report-unsubscribes/abc';
const partner = { name: 'Acme', locale: 'en-GB', timeZone: 'Europe/Berlin' };

/** Loads and composes the mail about some reports, as it is sent. */
async function mailAbout(reports: readonly DeliveredReport[], locale = 'en-GB') {
  const found = { lean: () => ({ orFail: async () => ({ ...partner, locale }) }) };
  const delivery = { reports, linksUntil: new Date('2027-05-12T06:00:00Z'), unsubscribeUrl, isTest: false };
  const input = {
    models: { partners: { findById: () => found } },
    tenantId: 'ptn_1:live',
    mail: { to: 'ada@example.com', audience: 'recipient' },
    reportMails: { deliveryOf: async () => delivery, unsubscribeUrlOf: async () => unsubscribeUrl },
  };
  const loaded = (await reportReady.load(input as unknown as LoadMailInput))!;
  return { ...loaded, ...composeMail({ template: reportReady, audience: 'recipient', mode: 'live', ...loaded }) };
}

const file = (bytes: number, changes: Partial<DeliveredFile> = {}): DeliveredFile => ({
  name: 'payments-2027-05-04.csv',
  mediaType: 'text/csv',
  bytes,
  read: async () => Buffer.alloc(bytes),
  ...changes,
});

it('has the figures, the window with its zone, a link for each format, and no picture', async () => {
  const { subject, text, html, headers } = await mailAbout([deliveredReport()]);
  expect(subject).toBe('Acme: Payments, 4 May 2027 (Europe/Berlin)');
  expect(text).toContain('Payments: 4 May 2027 (Europe/Berlin)');
  expect(text).toMatch(/^Captured +1,234\.50 EUR$/m);
  expect(text).toMatch(/^Net +-500 JPY$/m);
  expect(text).toContain('https://api.example/api/v1/report-links/abc');
  expect(text).toContain('12 May 2027 at 08:00 CEST');
  expect(html).toContain(
    '<td style="padding:4px 8px;border-bottom:1px solid #888;vertical-align:top;text-align:right">',
  );
  expect(html).not.toMatch(/<img|<svg|url\(/);
  expect(headers).toEqual({
    'List-Unsubscribe': `<${unsubscribeUrl}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  });
});

it('is written in the language of the partner', async () => {
  const { subject, text } = await mailAbout([deliveredReport(), deliveredReport()], 'de');
  expect(subject).toBe('Acme: Payments, 2 Berichte');
  expect(text).toContain('Payments: 4. Mai 2027 (Europe/Berlin)');
});

it('says that a window was not over, and that a report has warnings', async () => {
  const { text } = await mailAbout([deliveredReport({ complete: false, warnings: ['Some rows are gone.'] })]);
  expect(text).toContain('The window was not over');
  expect(text).toContain('Some rows are gone.');
});

it('text from outside is only ever text, and makes no link', async () => {
  const figures = [{ id: 'captured', currency: 'EUR', by: '<b>Pro</b> evil.example', value: 1 }];
  const { text, html } = await mailAbout([deliveredReport({ figures })]);
  expect(html).toContain('&lt;b&gt;Pro&lt;/b&gt; evil. example');
  expect(text).toContain('Captured: <b>Pro</b> evil. example');
});

it('shows so many figures at most, and says where the others are', async () => {
  const figure = { id: 'captured', currency: 'EUR', by: null, value: 100 };
  const report = deliveredReport({ figures: Array.from({ length: 10 }, () => figure) });
  const { text } = await mailAbout(Array.from({ length: 31 }, () => report));
  expect(text.match(/^Captured /gm)).toHaveLength(MAX_FIGURES);
  expect(text.match(/The figures are in the files/g)).toHaveLength(1);
  expect(text.match(/report-links\/abc/g)).toHaveLength(31);
});

it('a file comes with it', async () => {
  const { attachments, text } = await mailAbout([deliveredReport({ file: file(1000) })]);
  expect(attachments).toEqual([
    { filename: 'payments-2027-05-04.csv', contentType: 'text/csv', content: Buffer.alloc(1000) },
  ]);
  expect(text).not.toContain('not attached');
});

it.each([
  ['too large to arrive', file(4 * MIB), 'the mail would be too large to arrive'],
  ['damaged', file(1000, { read: async () => null }), 'the file could not be read'],
])('a file that is %s is not attached, and the mail says why', async (_what, large, why) => {
  const { attachments, text } = await mailAbout([deliveredReport({ file: large })]);
  expect(attachments).toEqual([]);
  expect(text).toContain(`payments-2027-05-04.csv is not attached, because ${why}`);
});

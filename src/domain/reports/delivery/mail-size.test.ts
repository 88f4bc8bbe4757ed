import { createTransport } from 'nodemailer';
import { attachable, base64Bytes, MAX_MAIL_BYTES } from './mail-size';

/** The largest file that goes with two short texts: all but the room for headers. */
const LARGEST = Math.floor(((MAX_MAIL_BYTES - 9 * 1024 - 400) * 76) / 78 / 4) * 3;

/** Returns the size of a message as it is sent. */
async function sentBytes(text: string, html: string, files: readonly { bytes: number }[]): Promise<number> {
  const attachments = files.map(({ bytes }, index) => ({
    filename: `summary-2027-05-0${index + 1}.csv`,
    contentType: 'text/csv; charset=utf-8',
    content: Buffer.alloc(bytes, 0xe9),
  }));
  const transport = createTransport({ streamTransport: true, buffer: true });
  const message = { from: 'a@example.com', to: 'b@example.com', subject: 'A report', text, html, attachments };
  return ((await transport.sendMail(message)).message as Buffer).length;
}

it.each([0, 1, 2, 3, 56, 57, 58, 1000])('%d bytes in base64', (bytes) => {
  const lines =
    Buffer.alloc(bytes)
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  expect(base64Bytes(bytes)).toBe(lines.reduce((sum, line) => sum + line.length + 2, 0));
});

it.each([
  ['plain', 'The figures of yesterday.\n'],
  ['of long lines', 'x=y '.repeat(20_000)],
  ['German', 'Übersicht über Zahlungen: größer\n'.repeat(3000)],
  ['of many umlauts', 'aäbc'.repeat(100_000)],
  ['Chinese and emoji', '报告🎈\n'.repeat(30_000)],
])('a mail is never larger than the limit, with a text that is %s', async (_what, text) => {
  const sizes = Array.from({ length: 12 }, (_, index) => 2_000_000 >> index);
  const attached = attachable({ texts: [text, text], files: sizes.map((bytes) => ({ bytes })) });
  const files = sizes.filter((_, index) => attached[index]).map((bytes) => ({ bytes }));
  expect(attached).toContain(true);
  expect(await sentBytes(text, text, files)).toBeLessThanOrEqual(MAX_MAIL_BYTES);
});

it('the largest file that fits goes along, one with four KiB more does not', async () => {
  const texts = ['The figures.\n', '<p>The figures.</p>\n'];
  expect(attachable({ texts, files: [{ bytes: LARGEST }] })).toEqual([true]);
  expect(attachable({ texts, files: [{ bytes: LARGEST + 4096 }] })).toEqual([false]);
  const size = await sentBytes(texts[0]!, texts[1]!, [{ bytes: LARGEST }]);
  expect(size).toBeLessThanOrEqual(MAX_MAIL_BYTES);
  expect(size).toBeGreaterThan(MAX_MAIL_BYTES - 16 * 1024);
});

it('a file that does not fit leaves room for the next', () => {
  const files = [{ bytes: 2_000_000 }, { bytes: 3_000_000 }, { bytes: 1_000_000 }];
  expect(attachable({ texts: [], files })).toEqual([true, false, true]);
});

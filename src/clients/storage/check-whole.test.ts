import { createHash } from 'node:crypto';
import { FileDamaged } from '../../domain/reports/file-store';
import { checkWhole } from './check-whole';

const digestOf = (text: string) => ({
  key: 'k',
  bytes: text.length,
  sha256: createHash('sha256').update(text).digest('hex'),
});
async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  yield* texts.map((text) => Buffer.from(text));
}

it('delivers what has the expected digest, to the last byte', async () => {
  for (const texts of [[], ['a'], ['ab', 'c'], ['a', '', 'bc', '']]) {
    const whole = await Array.fromAsync(checkWhole(pieces(...texts), digestOf(texts.join(''))));
    expect(Buffer.concat(whole).toString()).toBe(texts.join(''));
  }
});

it.each([
  ['another byte in the first piece', ['xb', 'cd', 'ef']],
  ['another byte in the last piece', ['ab', 'cd', 'ex']],
  ['a piece too few', ['ab', 'cd']],
  ['no piece at all', []],
  ['a piece too many', ['ab', 'cd', 'ef', 'g']],
  ['pieces in another order', ['ab', 'ef', 'cd']],
])('%s: breaks before the last piece is delivered', async (_what, texts) => {
  const received: Uint8Array[] = [];
  const read = async () => {
    for await (const piece of checkWhole(pieces(...texts), digestOf('abcdef'))) received.push(piece);
  };
  await expect(read()).rejects.toThrow(FileDamaged);
  expect(Buffer.concat(received).length).toBeLessThan(6);
  expect(received.length).toBeLessThan(Math.max(1, texts.length));
});

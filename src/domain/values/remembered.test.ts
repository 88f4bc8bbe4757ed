import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { remembered } from './remembered';

v8.setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MB = 2 ** 20;
const BODY = 64 * 1024;
const COUNT = 900;

test('a verdict keeps none of the text around the part that was judged', () => {
  const judge = remembered((text) => text.length);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < COUNT; index += 1) {
    const body = `${String(index).padStart(20, '-')}${'x'.repeat(BODY)}`;
    judge(Buffer.from(body).toString('latin1').slice(0, 20));
  }
  collectGarbage();
  // The bodies are 56 MB.
  expect((process.memoryUsage().heapUsed - before) / MB).toBeLessThan(15);
  expect(judge('-'.repeat(20))).toBe(20);
});

test('each text is judged once', () => {
  const judged: string[] = [];
  const judge = remembered((text) => judged.push(text) > 0);
  expect([judge('UTC'), judge('UTC'), judge('CET')]).toEqual([true, true, true]);
  expect(judged).toEqual(['UTC', 'CET']);
});

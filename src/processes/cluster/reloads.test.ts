import { setImmediate } from 'node:timers/promises';
import { createReloads, UNDER_WAY } from './reloads';

function open(outcomes: (() => Promise<void>)[]) {
  const counted: string[] = [];
  const logged: string[] = [];
  const log = (_fields: object, message: string) => void logged.push(message);
  const reloads = createReloads({
    replaceAll: () => outcomes.shift()!(),
    isDraining: () => false,
    logger: { info: log, warn: log, error: log },
    metrics: { reloaded: ({ outcome }) => void counted.push(outcome) },
  });
  return { reloads, counted, logged };
}
const done = async () => undefined;
const refused = () => Promise.reject(new Error('the new instance 0 ended'));

it('a refused reload is logged and stays a fault until one is done', async () => {
  const { reloads, counted, logged } = open([refused, done]);
  reloads.request();
  expect(reloads.requireLastDone).toThrow(UNDER_WAY);
  await setImmediate();
  expect(reloads.requireLastDone).toThrow('the last reload was refused: the new instance 0 ended');
  expect(logged.at(-1)).toMatch(/^Reload refused: the new instance 0 ended; .* continue to serve$/);
  reloads.request();
  await setImmediate();
  reloads.requireLastDone();
  expect(counted).toEqual(['refused', 'done']);
});

it('requests during a reload are followed by one more reload, however many there are', async () => {
  let finish!: () => void;
  const { reloads, counted } = open([() => new Promise<void>((resolve) => (finish = resolve)), done]);
  for (let request = 0; request < 3; request += 1) reloads.request();
  finish();
  await setImmediate();
  expect(counted).toEqual(['done', 'done']);
});

it('the message of a reload under way, which other builds compare, never changes', () => {
  expect(UNDER_WAY).toBe('a reload is under way');
});

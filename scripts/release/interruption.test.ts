import { listenForInterruption } from './interruption.ts';

it('a signal ends the release before its next step, once, however often it is forwarded', () => {
  const before = process.listeners('SIGINT');
  const exit = jest.spyOn(process, 'exit').mockImplementation();
  const lines: string[] = [];
  const interruption = listenForInterruption((line) => void lines.push(line));
  interruption.throwIfAny();
  const [listener] = process.listeners('SIGINT').filter((present) => !before.includes(present));
  for (let messenger = 0; messenger < 2; messenger += 1) listener!('SIGINT');
  expect(() => interruption.throwIfAny()).toThrow('ended by SIGINT');
  expect([lines.length, exit.mock.calls]).toEqual([1, []]);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener!);
  jest.restoreAllMocks();
});

import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { createShutdown } from './shutdown';

function open({ forceMs = 1000 } = {}) {
  const logged: string[] = [];
  const order: string[] = [];
  const log = (_fields: object, message: string) => void logged.push(message);
  let exited!: (code: number) => void;
  const exitCode = new Promise<number>((resolve) => (exited = resolve));
  const program = new EventEmitter();
  const clock = { ms: 10_000 };
  const shutdown = createShutdown({
    logger: { info: log, warn: log, fatal: log },
    forceMs,
    exit: exited,
    program,
    now: () => clock.ms,
  });
  const step = (name: string, ms = 0, limitMs?: number) => ({
    name,
    limitMs,
    close: async () => {
      await setTimeout(ms);
      order.push(name);
    },
  });
  return { shutdown, step, order, logged, exitCode, program, clock };
}
const hanging = (name: string, limitMs?: number) => ({
  name,
  limitMs,
  close: () => new Promise<void>(() => undefined),
});

describe('shutdown', () => {
  it('closes what was opened last first, and exits with 0', async () => {
    const { shutdown, step, order, exitCode } = open();
    shutdown.onClose(step('database'));
    shutdown.onClose(step('relay', 20), step('jobs', 5));
    shutdown.onClose(step('server', 10));
    shutdown.begin({ reason: 'test', exitCode: 0 });
    expect(await exitCode).toBe(0);
    expect(order).toEqual(['server', 'jobs', 'relay', 'database']);
  });

  it('is draining from the first moment', () => {
    const { shutdown, step } = open();
    shutdown.onClose(step('x', 20));
    expect(shutdown.isDraining()).toBe(false);
    shutdown.begin({ reason: 'test', exitCode: 0 });
    expect(shutdown.isDraining()).toBe(true);
  });

  it('continues past a step that fails or hangs, and names it', async () => {
    const { shutdown, step, order, logged, exitCode } = open();
    shutdown.onClose(step('database'));
    shutdown.onClose({ name: 'queue', close: () => Promise.reject(new Error('gone')) });
    shutdown.onClose({
      name: 'thrower',
      close: () => {
        throw new Error('immediately');
      },
    });
    shutdown.onClose(hanging('mailer', 20));
    shutdown.begin({ reason: 'test', exitCode: 0 });
    expect(await exitCode).toBe(0);
    expect(order).toEqual(['database']);
    expect(logged.join('\n')).toMatch(/mailer takes longer than 20 ms[\s\S]*thrower failed[\s\S]*queue failed/);
  });

  it('ends by force with 1 and names the steps that hung', async () => {
    const { shutdown, step, logged, exitCode } = open({ forceMs: 30 });
    shutdown.onClose(step('database'));
    shutdown.onClose(hanging('workers', 300), step('relay'));
    shutdown.begin({ reason: 'test', exitCode: 0 });
    expect(await exitCode).toBe(1);
    expect(logged.at(-1)).toBe('Shutdown took longer than 30 ms and is ended by force; still open: workers');
  });

  it('keeps the worse exit code and runs once', async () => {
    const { shutdown, step, order, exitCode } = open();
    shutdown.onClose(step('x', 10));
    shutdown.begin({ reason: 'signal', exitCode: 0 });
    shutdown.begin({ reason: 'crash', exitCode: 1 });
    expect(await exitCode).toBe(1);
    expect(order).toEqual(['x']);
  });

  it.each([
    ['Ctrl-C to the group and again from npm', ['SIGINT', 'SIGINT']],
    ["PM2's treekill, then the primary's message", ['SIGINT', 'message']],
    ["the primary's message, then the service manager's signal", ['message', 'SIGTERM']],
  ])('counts one shutdown that arrives twice once: %s', async (_what, [first, second]) => {
    const { shutdown, step, order, program, exitCode } = open();
    shutdown.listen();
    shutdown.onClose(step('x', 20));
    program.emit(first!, 'shutdown');
    program.emit(second!, 'shutdown');
    expect(await exitCode).toBe(0);
    expect(order).toEqual(['x']);
  });

  it('counts the first signal long after a message as the first', async () => {
    const { shutdown, step, program, clock, exitCode } = open();
    shutdown.listen();
    shutdown.onClose(step('x', 20));
    program.emit('message', 'shutdown');
    clock.ms += 5000;
    program.emit('SIGTERM');
    expect(await exitCode).toBe(0);
  });

  it('ends immediately at a second signal', async () => {
    const { shutdown, program, clock, exitCode, logged } = open({ forceMs: 100_000 });
    shutdown.listen();
    shutdown.onClose(hanging('x', 200));
    program.emit('SIGTERM');
    clock.ms += 1000;
    program.emit('SIGINT');
    expect(await exitCode).toBe(1);
    expect(logged.at(-1)).toBe('Second signal: ended immediately');
  });
});

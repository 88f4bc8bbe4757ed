import { setImmediate } from 'node:timers/promises';
import { waitFor } from '../../testing/wait-for';
import type { Exit, Instance } from './instance';
import { createInstances } from './instances';

interface FakeInstance extends Instance {
  becomeReady(): void;
  end(exit?: Exit): void;
  asked: boolean;
  killed: boolean;
}

function fakeInstance(number: number, { drains = true } = {}): FakeInstance {
  let becomeReady!: () => void;
  let end!: (exit: Exit) => void;
  const fake: FakeInstance = {
    number,
    pid: 1,
    asked: false,
    killed: false,
    ready: new Promise((resolve) => (becomeReady = resolve)),
    exited: new Promise((resolve) => (end = resolve)),
    becomeReady: () => becomeReady(),
    end: (exit = { code: 1, how: 'exit code 1' }) => end(exit),
    shutDown() {
      fake.asked = true;
      if (drains) end({ code: 0, how: 'exit code 0' });
    },
    kill() {
      fake.killed = true;
      end({ code: null, how: 'SIGKILL' });
    },
  };
  return fake;
}

function open({ count = 2, readyWithinMs = 60_000, drains = true } = {}) {
  const forked: FakeInstance[] = [];
  const logged: string[] = [];
  const log = (_fields: object, message: string) => void logged.push(message);
  const fork = (number: number) => {
    const instance = fakeInstance(number, { drains });
    forked.push(instance);
    return instance;
  };
  const logger = { info: log, warn: log, error: log };
  const instances = createInstances({ count, fork, readyWithinMs, endsWithinMs: 20, logger, firstPauseMs: 1 });
  const states = () => Array.from({ length: count }, (_, number) => instances.stateOf(number));
  /** Resolves to the nth process, once it is started. */
  const nth = (n: number) => waitFor(() => forked[n], { what: `process ${n}`, everyMs: 1 });
  const started = async () => {
    const start = instances.start();
    for (const instance of forked) instance.becomeReady();
    await start;
    return forked;
  };
  return { instances, forked, logged, states, nth, started };
}

describe('the start', () => {
  it('is done when all instances are ready', async () => {
    const { instances, forked, states } = open();
    let done = false;
    const start = instances.start().then(() => (done = true));
    forked[0]!.becomeReady();
    await setImmediate();
    expect([done, ...states()]).toEqual([false, 'ready', 'starting']);
    forked[1]!.becomeReady();
    await start;
    expect(forked.map(({ number }) => number)).toEqual([0, 1]);
  });

  it('fails when an instance ends before any has been ready', async () => {
    const { instances, forked } = open();
    const start = instances.start();
    forked[1]!.end({ code: 1, how: 'exit code 1' });
    await expect(start).rejects.toThrow('Instance 1 ended before it was ready (exit code 1)');
  });
});

describe('an instance that dies', () => {
  it('is started again under its number, also when it dies again', async () => {
    const { started, nth, states, logged } = open();
    const [, second] = await started();
    second!.end({ code: null, how: 'SIGKILL' });
    (await nth(2)).end();
    const third = await nth(3);
    expect([third.number, states()[1]]).toEqual([1, 'starting']);
    third.becomeReady();
    await setImmediate();
    expect(states()).toEqual(['ready', 'ready']);
    expect(logged).toContain('Instance 1 ended (SIGKILL); it is started again in 1 ms');
    expect(logged).toContain('Instance 1 ended (exit code 1); it is started again in 2 ms');
  });
});

describe('a reload', () => {
  it('asks an instance to end only when the next one of its number is ready', async () => {
    const { instances, started, nth, forked } = open();
    const [first, second] = await started();
    const reload = instances.replaceAll();
    const third = await nth(2);
    await setImmediate();
    expect([third.number, first!.asked, forked.length]).toEqual([0, false, 3]);
    third.becomeReady();
    const fourth = await nth(3);
    expect([fourth.number, first!.asked, second!.asked]).toEqual([1, true, false]);
    fourth.becomeReady();
    await reload;
    expect(second!.asked).toBe(true);
  });

  it.each([
    ['ends', (next: FakeInstance) => next.end(), 'the new instance 0 ended (exit code 1)'],
    ['is not ready in time', () => undefined, 'the new instance 0 was not ready within 20 ms'],
  ])('leaves all as they are when the next one %s', async (_how, fail, message) => {
    const { instances, started, nth, forked, states } = open({ readyWithinMs: 20 });
    const [first, second] = await started();
    const reload = instances.replaceAll();
    fail(await nth(2));
    await expect(reload).rejects.toThrow(message);
    expect([first!.asked, second!.asked, forked[2]!.killed]).toEqual([false, false, true]);
    expect([...states(), forked.length]).toEqual(['ready', 'ready', 3]);
  });

  it('starts an instance again that died while its replacement failed', async () => {
    const { instances, started, nth } = open({ count: 1 });
    const [first] = await started();
    const reload = instances.replaceAll();
    const next = await nth(1);
    first!.end();
    next.end();
    await expect(reload).rejects.toThrow('ended');
    expect((await nth(2)).number).toBe(0);
  });

  it('kills an instance that does not end when it is asked to', async () => {
    const { instances, started, nth } = open({ count: 1, drains: false });
    const [first] = await started();
    const reload = instances.replaceAll();
    (await nth(1)).becomeReady();
    await reload;
    expect(first!.killed).toBe(true);
  });
});

describe('the stop', () => {
  it('ends all, replacements that are not ready included, and starts none again', async () => {
    const { instances, started, nth, forked } = open();
    await started();
    void instances.replaceAll().catch(() => undefined);
    await nth(2);
    expect(await instances.stop()).toBe(0);
    await setImmediate();
    expect(forked.map(({ asked }) => asked)).toEqual([true, true, true]);
  });

  it('has the worst exit code of all', async () => {
    const { instances, started } = open({ drains: false });
    const [first] = await started();
    const stopped = instances.stop();
    first!.end({ code: 0, how: 'exit code 0' });
    expect(await stopped).toBe(1);
  });
});

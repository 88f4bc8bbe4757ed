import { setImmediate } from 'node:timers/promises';
import { waitFor } from '../../testing/wait-for';
import type { Exit, Instance } from './instance';
import { createInstances, type Instances } from './instances';
import type { Program } from './program';

interface FakeInstance extends Instance {
  becomeReady(): void;
  end(exit?: Exit): void;
  asked: boolean;
  killed: boolean;
  /** The version of its program, from 1. */
  version: number;
}

function fakeInstance(number: number, version: number, { drains = true } = {}): FakeInstance {
  let becomeReady!: () => void;
  let end!: (exit: Exit) => void;
  const fake: FakeInstance = {
    number,
    version,
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

let present: Instances | undefined;
afterEach(() => present?.stop());

function open({ count = 2, readyWithinMs = 60_000, drains = true } = {}) {
  const forked: FakeInstance[] = [];
  const logged: string[] = [];
  const log = (_fields: object, message: string) => void logged.push(message);
  /** The version of the program that lies in place, and the programs that are open. */
  const inPlace = { version: 1 };
  const opened = new Map<Program, number>();
  const openProgram = () => {
    const program: Program = { path: () => '', close: () => void opened.delete(program) };
    opened.set(program, inPlace.version);
    return program;
  };
  const fork = (number: number, program: Program) => {
    const instance = fakeInstance(number, opened.get(program)!, { drains });
    forked.push(instance);
    return instance;
  };
  const logger = { info: log, warn: log, error: log };
  const instances = createInstances({
    count,
    openProgram,
    fork,
    readyWithinMs,
    endsWithinMs: 20,
    logger,
    firstPauseMs: 1,
  });
  present = instances;
  const states = () => Array.from({ length: count }, (_, number) => instances.stateOf(number));
  /** Resolves to the nth process, once it is started. */
  const nth = (n: number) => waitFor(() => forked[n], { what: `process ${n}`, everyMs: 1 });
  const started = async () => {
    const start = instances.start();
    for (const instance of forked) instance.becomeReady();
    await start;
    return forked;
  };
  return { instances, forked, logged, states, nth, started, inPlace, opened };
}

describe('the start', () => {
  it('is done when the first instance is ready, also while another one dies', async () => {
    const { instances, forked, nth, states } = open();
    let done = false;
    const start = instances.start().then(() => (done = true));
    await setImmediate();
    expect(done).toBe(false);
    forked[0]!.becomeReady();
    await start;
    expect([...states(), forked.map(({ number }) => number)]).toEqual(['ready', 'starting', [0, 1]]);
    forked[1]!.end();
    expect((await nth(2)).number).toBe(1);
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

  it('is started again by the program that it ran, whatever lies in place', async () => {
    const { instances, started, nth, inPlace, opened } = open({ readyWithinMs: 20 });
    const [first, second] = await started();
    inPlace.version = 2;
    first!.end();
    const third = await nth(2);
    third.becomeReady();
    // The new program is refused for instance 1, after instance 0 has it.
    const reload = instances.replaceAll();
    (await nth(3)).becomeReady();
    (await nth(4)).end();
    await expect(reload).rejects.toThrow('the new instance 1 ended');
    inPlace.version = 3;
    second!.end();
    expect([third.version, (await nth(5)).version]).toEqual([1, 1]);
    (await nth(3)).end();
    expect((await nth(6)).version).toBe(2);
    expect([opened.size, new Set(opened.values())]).toEqual([2, new Set([1, 2])]);
  });

  it('is killed when it hangs in its turn, and started again', async () => {
    const { started, nth, logged } = open({ readyWithinMs: 20 });
    const [first] = await started();
    first!.end();
    const hanging = await nth(2);
    const next = await nth(3);
    next.becomeReady();
    expect([hanging.killed, next.number]).toEqual([true, 0]);
    expect(logged).toContain('Instance 0 was not ready within 20 ms and is killed');
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

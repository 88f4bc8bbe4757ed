import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const REPLY_WITHIN_MS = 20_000;
const READY_WITHIN_MS = 90_000;
const POLL_EVERY_MS = 10;
/** A second of CPU has this many ticks in /proc on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Starts a child process that reports its CPU time and memory (probe.cjs). Its output goes to a file: a log line costs
 * the same as in production.
 */
export function startMeasured({ name, program, args = [], env, log, execArgv = [] }) {
  const child = fork(program, args, {
    env,
    execArgv: ['--require', join(import.meta.dirname, 'probe.cjs'), ...execArgv],
    stdio: ['ignore', log, log, 'ipc'],
  });
  const gone = watch(name, child);

  /**
   * Resolves to the next message with this field. Rejects when the process ends first, or sends no such message in
   * time.
   */
  const nextMessage = async (field, withinMs = REPLY_WITHIN_MS) => {
    const signal = AbortSignal.timeout(withinMs);
    for (;;) {
      const [message] = await Promise.race([once(child, 'message', { signal }), gone]);
      if (typeof message === 'object' && message !== null && field in message) return message[field];
    }
  };
  let lastReply = Promise.resolve();
  /**
   * Sends a message and resolves to the next one with the field `reply`. Requests wait for each other: two would take
   * the same reply, and every later one that of the request before it.
   */
  const request = ({ message, reply, withinMs }) => {
    const replied = lastReply.then(() => {
      child.send(message);
      return nextMessage(reply, withinMs);
    });
    lastReply = replied.catch(() => undefined);
    return replied;
  };
  return {
    name,
    gone,
    nextMessage,
    request,
    query: (field) => request({ message: { query: field }, reply: field }),
    /** Ends the process through the probe, which calls `process.exit`, so that a CPU profile is written. */
    async end() {
      child.disconnect();
      await gone.catch(() => undefined);
    },
  };
}

/** Starts any other program; its output goes to the same file. */
export function startChild({ name, command, args, env, log }) {
  const child = spawn(command, args, { env, stdio: ['ignore', log, log] });
  const gone = watch(name, child);
  return {
    name,
    pid: child.pid,
    gone,
    async end() {
      child.kill('SIGKILL');
      await gone.catch(() => undefined);
    },
  };
}

/** Resolves at the first 200 of a role's /readyz. Rejects when its process ends before. */
export async function untilReady({ name, gone }, adminPort) {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    const response = await Promise.race([
      fetch(`http://127.0.0.1:${adminPort}/readyz`, { headers: { connection: 'close' } }).catch(() => null),
      gone,
    ]);
    await response?.arrayBuffer();
    if (response?.status === 200) return;
    await sleep(POLL_EVERY_MS);
  }
  throw new Error(`${name} was not ready within ${READY_WITHIN_MS / 1000} s; see bench/results/processes.log`);
}

/** Kills the process when the benchmark ends. Returns a promise that rejects when the process does. */
function watch(name, child) {
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  const gone = once(child, 'exit').then(([code, signal]) => {
    process.off('exit', killNow);
    throw new Error(`${name} ended (${signal ?? code}); see bench/results/processes.log`);
  });
  gone.catch(() => undefined);
  return gone;
}

/**
 * Returns the milliseconds of CPU of a process and its children, those that have ended included; NaN where there is no
 * /proc.
 */
export function cpuMsOf(pid) {
  const stats = readStats();
  const sum = (parent) => {
    const { own, ended } = stats.get(parent) ?? { own: NaN, ended: NaN };
    const children = [...stats].filter(([, { parentPid }]) => parentPid === parent);
    return own + ended + children.reduce((total, [child]) => total + sum(child), 0);
  };
  return (sum(pid) * 1000) / TICKS_PER_SECOND;
}

/** Returns for each process its parent and its ticks of CPU: its own, and those of children that have ended. */
function readStats() {
  const stats = new Map();
  for (const name of readNames('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1).split(' ').map(Number);
      const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15);
      stats.set(Number(name), { parentPid: fields[1], own: user + system, ended: childrenUser + childrenSystem });
    } catch {
      // The process has ended meanwhile.
    }
  }
  return stats;
}

function readNames(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

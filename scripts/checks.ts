// The main program of `npm test`; scripts/test.mjs installs the packages and starts it.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { layers, listChecks, type Check } from './checks/check-list.ts';
import { nothingFound, readJestReport, sumUp, summaryLine, type CheckResult } from './checks/jest-report.ts';
import { onShutDownRequest } from './platform/shut-down-signals.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.platform-test', 'reports');
mkdirSync(folder, { recursive: true });

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const { values, positionals: words } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const checks = listChecks({ root, scripts: Object.keys(scripts), folder, words });
const only = values.only?.split(',') ?? (words.length > 0 ? ['build', ...layers] : []);
const unknown = only.find((name) => !checks.some((check) => check.name === name));
if (unknown !== undefined) {
  process.stderr.write(`There is no check "${unknown}"; there are ${checks.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}

let stopping = false;
const running = new Set<ChildProcess>();
const signal = (name: NodeJS.Signals): void => running.forEach((child) => child.kill(name));
onShutDownRequest({
  onFirst: () => {
    stopping = true;
    signal('SIGTERM');
  },
  onSecond: () => signal('SIGKILL'),
});

const results: CheckResult[] = [];
let beside: Promise<void> = Promise.resolve();
for (const check of checks) {
  if (only.length > 0 && !only.includes(check.name)) continue;
  if (check.report !== undefined) await beside;
  if (stopping) break;
  const run = runCheck(check);
  if (check.beside) beside = run;
  else await run;
}
await beside;

const wide = Math.max(...results.map(({ name }) => name.length));
const rows = results.map(({ name, ok, seconds, tests }) => {
  const counts = tests === null ? '' : summaryLine(tests);
  return `  ${ok ? '✓' : '✗'} ${name.padEnd(wide)}  ${seconds.toFixed(1).padStart(7)} s  ${counts}`;
});
const total = sumUp(results);
process.stdout.write(`\n${rows.join('\n')}\n${stopping ? 'Interrupted.\n' : ''}\n${summaryLine(total)}\n`);
const missed = stopping ? null : nothingFound(words, total);
if (missed !== null) process.stderr.write(`${missed}\n`);
process.exit(stopping || missed !== null || results.some(({ ok }) => !ok) ? 1 : 0);

async function runCheck(check: Check): Promise<void> {
  const { name, report } = check;
  if (report !== undefined) rmSync(report, { force: true });
  const begun = performance.now();
  const code = await runCommand(check);
  const tests = report === undefined ? null : readJestReport(report);
  const ok = code === 0 && (report === undefined || tests !== null);
  results.push({ name, ok, seconds: (performance.now() - begun) / 1000, tests });
}

function runCommand({ name, command, args, beside: isBeside }: Check): Promise<number> {
  const heading = `\n── ${name} ──\n`;
  return new Promise((resolve) => {
    if (!isBeside) process.stdout.write(heading);
    const child = spawn(command, args, {
      cwd: root,
      stdio: isBeside ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      env: withoutChannel(),
    });
    running.add(child);
    const printed: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => printed.push(chunk));
    child.once('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.once('close', (code) => {
      running.delete(child);
      if (isBeside) process.stdout.write(`${heading}${Buffer.concat(printed).toString()}`);
      resolve(code ?? 1);
    });
  });
}

/** Returns the environment without the bootstrap's channel, which children must not use. */
function withoutChannel(): NodeJS.ProcessEnv {
  const { NODE_CHANNEL_FD: _channel, ...env } = process.env;
  return env;
}

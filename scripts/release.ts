// `npm run release`: brings the built program into the processes that PM2 runs here, without failing a request. Exits
// with 1, and says what still runs, when the program cannot replace what runs.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { clusterOf, readApps, roleOf, scriptOf, type App } from './release/app.ts';
import { checkApp, readCandidate, type Candidate } from './release/candidate.ts';
import { installProgram } from './release/install-program.ts';
import { listenForInterruption } from './release/interruption.ts';
import { holdLock, lockFile } from './release/lock.ts';
import { listProcesses } from './release/pm2.ts';
import { reloadInstances } from './release/reload-instances.ts';
import { replaceBeside } from './release/replace-beside.ts';
import { replaceSingle } from './release/replace-single.ts';
import { describeProcesses, readPrimary, runsBuild } from './release/running.ts';
import { Refused, type StageInput } from './release/stage.ts';

const USAGE = `npm run release [-- --binary FILE] [--only api,worker,sandbox] [--config FILE]

Brings a new program into the processes that PM2 runs: without --binary dist/main.js (ecosystem.config.js), with it the
single-file program, which is put in place first (ecosystem.binary.config.js).
`;
const root = join(import.meta.dirname, '..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);
// Its reader may end (`| head`, a terminal); a release goes on and does not stop halfway.
process.stdout.on('error', () => undefined);
process.on('SIGHUP', () => undefined);
const { binary, only, config } = readOptions();
const names = only?.split(',').map((name) => name.trim());
const ecosystemFile = resolve(
  config ?? join(root, binary === undefined ? 'ecosystem.config.js' : 'ecosystem.binary.config.js'),
);

const interruption = listenForInterruption(print);
/** What became of the program that was put in place; printed after the reason of a refusal. */
let outcome: string | null = null;

await release().catch(async (error: unknown) => {
  print(`Refused: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
  if (outcome !== null) print(outcome);
  // Without an ecosystem file, or PM2, there is nothing to add to the reason.
  await describeAll().catch(() => undefined);
});

async function release(): Promise<void> {
  const known = readApps(ecosystemFile).map(({ name }) => name);
  const unknown = names?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new Refused(`--only: there is no app ${unknown.join(', ')}; there are ${known.join(', ')}`);
  holdLock(lockFile());
  const apps = await runningApps();
  const [first] = apps;
  if (first === undefined) throw new Refused('PM2 runs none of these apps here; start them with pm2 start');
  const target = scriptOf(first);
  const candidate = await readCandidate(binary === undefined ? [process.execPath, target] : [resolve(binary)]);
  print(`Candidate: version ${candidate.version}, build ${candidate.buildId}`);
  for (const app of apps) {
    const failed = await checkApp(candidate, app);
    if (failed.length > 0) throw new Refused(`--check of ${app.name}:\n  ${failed.join('\n  ')}`);
    print(`${app.name}: --check is well`);
  }
  interruption.throwIfAny();
  const restore = binary === undefined ? null : await installProgram({ file: resolve(binary), target });
  const installed: Candidate = binary === undefined ? candidate : { ...candidate, command: [target] };
  const released: App[] = [];
  try {
    for (const app of apps) {
      interruption.throwIfAny();
      await stageOf(app)({ app, candidate: installed, ecosystemFile, print });
      released.push(app);
    }
  } catch (error) {
    const rest = apps.slice(released.length);
    const users = [...released, ...(await usersOf(rest, candidate))].map(({ name }) => name);
    if (restore === null) outcome = `${target} stays build ${candidate.buildId}; PM2 starts from it what dies`;
    else if (users.length === 0) {
      // A process that dies is to be started again from the program that the others run.
      outcome = (await restore())
        ? `${target} is the previous program again; nothing runs the candidate`
        : `${target} stays build ${candidate.buildId}, because there is no other; nothing runs it`;
    } else
      outcome =
        `${target} stays build ${candidate.buildId}, because ${users.join(' and ')} runs it; to go back: ` +
        `npm run release -- --binary ${target}.previous`;
    throw error;
  }
  print(`Released: build ${candidate.buildId} runs in ${released.map(({ name }) => name).join(', ')}`);
  for (const app of released) await describePrimary(app, candidate);
}

/** The primary of a cluster serves nothing, and goes on with its program and variables. */
async function describePrimary(app: App, candidate: Candidate): Promise<void> {
  const primary = await readPrimary(app);
  if (primary === null || primary.buildId === candidate.buildId) return;
  print(
    `${app.name}: its primary, process ${primary.pid}, serves nothing and keeps build ${primary.buildId} until ` +
      `pm2 restart ${ecosystemFile} --only ${app.name}, which is a gap`,
  );
}

async function usersOf(apps: readonly App[], { buildId }: Candidate): Promise<App[]> {
  const users: App[] = [];
  for (const app of apps) if (await runsBuild(app, buildId)) users.push(app);
  return users;
}

function stageOf(app: App): (input: StageInput) => Promise<void> {
  if (clusterOf(app) !== null) return reloadInstances;
  return roleOf(app) === 'sandbox' ? replaceSingle : replaceBeside;
}

async function runningApps(): Promise<App[]> {
  const running: App[] = [];
  for (const app of readApps(ecosystemFile)) {
    if (names !== undefined && !names.includes(app.name)) {
      print(`${app.name}: is left out by --only`);
      continue;
    }
    if ((await listProcesses(app.name)).length > 0) running.push(app);
    else print(`${app.name}: does not run here and is left out`);
  }
  return running;
}

async function describeAll(): Promise<void> {
  for (const app of readApps(ecosystemFile))
    for (const line of await describeProcesses(app)) print(`still runs: ${line}`);
}

function readOptions() {
  const options = {
    binary: { type: 'string' },
    only: { type: 'string' },
    config: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    const { values } = parseArgs({ options });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    return values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return process.exit(2);
  }
}

// Runs on the machine's own Node (20 or newer) before anything is installed: no dependencies, no TypeScript.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const OLDEST_NODE_MAJOR = 20;

/** Prints one line and ends the program. */
export function fail(line, code = 1) {
  process.stderr.write(`${line}\n`);
  process.exit(code);
}

/**
 * Installs node_modules as package-lock.json demands, unless they are up to date. Ends the program with one line when
 * that fails.
 */
export async function ensureInstalled(root) {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE_MAJOR) {
    fail(
      `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE_MAJOR} or newer (https://nodejs.org), ` +
        'then start again',
    );
  }
  if (isInstalled(root)) return;
  try {
    await installOnce(root);
  } catch (error) {
    if (error.syscall === undefined) throw error;
    fail(
      `${error.path ?? root} cannot be used (${error.message}). Let this user write to ${root}, ` +
        'remove what stands in the way of its folder .platform, and start again.',
    );
  }
}

async function installOnce(root) {
  const release = await lockInstallation(root);
  try {
    if (!isInstalled(root)) await installPackages(root);
  } finally {
    release();
  }
}

/**
 * The stamp is written last, so a partial installation never counts. An installation by hand counts when npm's own
 * record matches the lock file.
 */
function isInstalled(root) {
  const stamp = stampFile(root);
  if (!existsSync(platformNode(root))) return false;
  if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === stampOf(root);
  if (!installedByHand(root)) return false;
  writeStamp(root);
  return true;
}

const stampFile = (root) => join(root, 'node_modules', '.installed-from');

/** Without a stamp, for instance in a read-only checkout, the next start compares npm's record again. */
function writeStamp(root) {
  try {
    writeFileSync(stampFile(root), stampOf(root));
  } catch {
    // The packages are there all the same.
  }
}

const stampOf = (root) => {
  const lockHash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return `${lockHash} ${process.platform} ${process.arch}\n`;
};

function installedByHand(root) {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(
      ([path, { version, optional, peer }]) => path === '' || optional || peer || present[path]?.version === version,
    );
  } catch {
    return false;
  }
}

async function installPackages(root) {
  const npm = findNpm();
  if (npm === null) fail('npm is not on PATH: it comes with Node (https://nodejs.org); install it and start again');
  rmSync(stampFile(root), { force: true });
  const log = join(root, '.platform', 'logs', 'npm-ci.log');
  mkdirSync(join(root, '.platform', 'logs'), { recursive: true });
  const done = showProgress('Installing packages (npm ci)');
  const code = await runNpm({ npm, root, log });
  done();
  if (code !== 0) fail(`npm ci failed (exit code ${code}): ${firstNpmError(log)} The whole log: ${log}`);
  if (!existsSync(platformNode(root))) {
    fail(
      'npm ci left out the package "node" (its install script did not run); ' +
        'allow it: npm config set ignore-scripts false, then start again',
    );
  }
  writeStamp(root);
}

function findNpm() {
  const own = process.env.npm_execpath;
  if (own && existsSync(own) && /\.c?js$/.test(own)) return { command: process.execPath, args: [own] };
  return spawnSync('npm', ['--version'], { stdio: 'ignore' }).status === 0 ? { command: 'npm', args: [] } : null;
}

function runNpm({ npm, root, log }) {
  return new Promise((resolve) => {
    const file = openSync(log, 'w');
    const child = spawn(npm.command, [...npm.args, 'ci', '--no-audit', '--no-fund'], {
      cwd: root,
      stdio: ['ignore', file, file],
    });
    closeSync(file);
    child.once('error', () => resolve(-1));
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
}

/** Returns npm's first error message, without its code and usage. */
function firstNpmError(log) {
  const errors = readFileSync(log, 'utf8')
    .split('\n')
    .flatMap((line) => /^npm (?:error|ERR!) (.*)/.exec(line)?.slice(1) ?? []);
  return errors.find((line) => line !== '' && !/^(code|errno|syscall|path) /.test(line)) ?? 'npm gave no reason.';
}

/** Shows a spinner on a terminal, elsewhere a line every ten seconds. Returns the function that ends it. */
function showProgress(label) {
  const begun = Date.now();
  const seconds = () => Math.round((Date.now() - begun) / 1000);
  const finish = () => process.stdout.write(`${label}: done in ${seconds()} s\n`);
  if (!process.stdout.isTTY) {
    process.stdout.write(`${label} …\n`);
    const timer = setInterval(() => process.stdout.write(`${label} … ${seconds()} s\n`), 10_000);
    return () => {
      clearInterval(timer);
      finish();
    };
  }
  const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
  let frame = 0;
  const timer = setInterval(
    () => process.stdout.write(`\r\x1b[K${frames[(frame += 1) % frames.length]} ${label} ${seconds()} s`),
    100,
  );
  return () => {
    clearInterval(timer);
    process.stdout.write('\r\x1b[K');
    finish();
  };
}

/** Allows one installation at a time in a checkout: `npm start` and `npm test` may start together. */
async function lockInstallation(root) {
  const file = join(root, '.platform', 'install.lock');
  mkdirSync(join(root, '.platform'), { recursive: true });
  for (let reported = false; ; reported = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readFileSync(file, 'utf8'));
    if (!isAlive(holder)) rmSync(file, { force: true });
    else if (!reported) process.stdout.write(`Process ${holder} is installing packages here; waiting for it\n`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return pid > 0;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The project's own Node 24. */
const platformNode = (root) => join(root, 'node_modules', '.bin', 'node');

/** Returns the pids of the parent and, if visible, the grandparent: npm puts a shell between itself and a script. */
function ancestors() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`;
  } catch {
    return String(process.ppid);
  }
}

/**
 * Runs a TypeScript program on the project's own Node in place of this program, with the same terminal and exit code.
 * Signals are passed on as messages; when this process dies, the channel closes.
 */
export function handOver({ root, program, args }) {
  const bin = join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(platformNode(root), [join(root, 'scripts', program), ...args], {
    cwd: root,
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const stop = (signal) => child.connected && child.send({ stop: signal });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
  // npm does not always pass on a signal that was sent only to npm, and cannot when npm is killed.
  if (process.env.npm_lifecycle_event) {
    const startedBy = ancestors();
    setInterval(() => ancestors() !== startedBy && stop('abandoned'), 1_000).unref();
  }
  child.once('error', (error) =>
    fail(`The project's own Node does not start (${error.message}); remove node_modules and start again`),
  );
  child.once('exit', (code, signal) => process.exit(signal === null ? code : 1));
}

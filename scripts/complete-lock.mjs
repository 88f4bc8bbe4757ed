// After a change of dependencies: `node scripts/complete-lock.mjs`. A registry mirror may not carry the binaries of
// other platforms (optional packages such as @swc/core-darwin-arm64); npm then leaves them out of package-lock.json,
// and `npm ci` refuses the file. This script adds them again from their parents' entries, and gives every entry without
// a hash the one that the registry publishes for that version, so that `npm ci` checks every package that it unpacks.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SYSTEMS = [
  'darwin',
  'linux',
  'win32',
  'freebsd',
  'android',
  'openharmony',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'wasm32-wasi',
];
const CPUS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32'];

if (process.argv.length > 2) {
  process.stderr.write(
    `complete-lock rewrites package-lock.json and takes no arguments, not ${process.argv.slice(2).join(' ')}\n`,
  );
  process.exit(2);
}

const file = join(dirname(fileURLToPath(import.meta.url)), '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = [];

for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (parent === '' || resolves(parent, name) || !/^\d+\.\d+\.\d+/.test(version)) continue;
    lock.packages[`node_modules/${name}`] = { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true };
    added.push(name);
  }
}

const bare = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && !entry.integrity && !entry.link);
const unknown = [];
for (const [path, entry] of bare) {
  // An alias, such as typescript for npm:@typescript/typescript6, has its package's own name in the entry.
  const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const integrity = publishedHash(`${name}@${entry.version}`);
  if (integrity === null) unknown.push(`${name}@${entry.version}`);
  else lock.packages[path] = withHash(entry, integrity);
}

if (added.length > 0 || bare.length > 0) {
  const [root, ...others] = Object.entries(lock.packages);
  lock.packages = Object.fromEntries([root, ...others.sort(([a], [b]) => (a < b ? -1 : 1))]);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
process.stdout.write(
  `${added.length} optional packages of other platforms added to package-lock.json, ` +
    `${bare.length - unknown.length} hashes\n`,
);
if (unknown.length > 0) {
  process.stderr.write(`The registry publishes no SHA-512 for ${unknown.join(', ')}\n`);
  process.exit(1);
}

/** Returns the SHA-512 that the registry publishes for a package, such as "node@24.21.0"; null without one. */
function publishedHash(spec) {
  const { stdout } = spawnSync('npm', ['view', spec, 'dist.integrity', '--json'], { encoding: 'utf8' });
  return /"(sha512-[A-Za-z0-9+/]{86}==)"/.exec(stdout ?? '')?.[1] ?? null;
}

/** Returns the entry with its hash after the version, where npm writes it. */
function withHash({ version, ...rest }, integrity) {
  return { version, integrity, ...rest };
}

/** Returns true when the lock has the package where its parent finds it: below the parent or any folder above. */
function resolves(parent, name) {
  for (let folder = parent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true;
    if (!folder.includes('/node_modules/')) return lock.packages[`node_modules/${name}`] !== undefined;
  }
}

/** Returns the platform that is part of a package's name, as in "@oxlint/binding-linux-arm64-musl". */
function platformOf(name) {
  const parts = name.split('/').at(-1).split(/[-.]/);
  const os = SYSTEMS.filter((system) => parts.includes(system));
  const cpu = CPUS.filter((known) => parts.includes(known));
  if (os.length === 0 && cpu.length === 0) throw new Error(`${name} does not name its platform`);
  const libc =
    parts.includes('musl') || parts.includes('musleabihf')
      ? ['musl']
      : parts.some((part) => part.startsWith('gnu'))
        ? ['glibc']
        : [];
  return {
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(libc.length > 0 && os.includes('linux') ? { libc } : {}),
    ...(os.length > 0 ? { os } : {}),
  };
}

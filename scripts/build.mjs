// `npm run build`: dist/main.js (the program) and dist/workflow-bundle.js (the workflows, prebuilt so that a worker
// starts in a third of the time).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const inRoot = (...parts) => join(root, ...parts);

const TARGETS = [
  {
    file: 'main.js',
    entry: 'src/main.ts',
    inputs: ['src', 'config', 'workflows', 'activities', 'openapi.yaml', 'package.json'],
    build: bundleProgram,
  },
  {
    file: 'workflow-bundle.js',
    entry: 'workflows/index.ts',
    // Everything that workflow code may import (.dependency-cruiser.cjs enforces it).
    inputs: ['workflows', 'config', 'src/contracts', 'src/domain'],
    build: bundleWorkflows,
  },
];

const missing = TARGETS.map(({ entry }) => entry).filter((entry) => !existsSync(inRoot(entry)));
if (missing.length > 0) {
  process.stderr.write(`Nothing to build: ${missing.join(' and ')} missing\n`);
  process.exit(1);
}
mkdirSync(dist, { recursive: true });
try {
  for (const target of TARGETS) await bringUpToDate(target);
} catch (error) {
  process.stderr.write(`Build failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function bringUpToDate({ file, entry, inputs, build }) {
  const begun = performance.now();
  const stampFile = join(dist, `.${file}.stamp`);
  const stamp = contentStamp([
    ...inputs,
    'package-lock.json',
    'tsconfig.json',
    relative(root, fileURLToPath(import.meta.url)),
  ]);
  const upToDate = existsSync(join(dist, file)) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (!upToDate) {
    await build({ entry: inRoot(entry), file });
    writeWhole(stampFile, stamp);
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  process.stdout.write(`Build     dist/${file} ${upToDate ? 'is up to date' : `built in ${seconds} s`}\n`);
}

/** Returns a hash of the names and contents of all inputs except tests. */
function contentStamp(inputs) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((input) => filesBelow(inRoot(input)))) {
    if (file.endsWith('.test.ts')) continue;
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function bundleProgram({ entry, file }) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [entry],
    outfile: join(dist, file),
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    packages: 'external',
    sourcemap: 'linked',
    keepNames: true,
    loader: { '.yaml': 'text' },
    logLevel: 'warning',
  });
  for (const { path, contents } of outputFiles) writeWhole(path, contents);
}

/**
 * The modules of all workflows and of the SDK are loaded once and shared: a cached workflow that loads its own keeps
 * them, which is most of its memory. So they must not keep anything in module scope (a house rule in scripts/checks).
 */
async function bundleWorkflows({ entry, file }) {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const domains = readdirSync(dirname(entry), { withFileTypes: true })
    .map(({ name, parentPath }) => join(parentPath, name, 'index.ts'))
    .filter((index) => existsSync(index));
  const { code } = await bundleWorkflowCode({
    workflowsPath: entry,
    preloadModules: ['@temporalio/workflow', ...domains],
    logger: new DefaultLogger('WARN'),
  });
  writeWhole(join(dist, file), code);
}

/** Writes a file by rename, so that a process that starts meanwhile reads the whole old or new file. */
function writeWhole(path, contents) {
  const draft = join(dirname(path), `.${basename(path)}.draft-${process.pid}`);
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

import { createRequire } from 'node:module';
import { buildIdDefine } from '../build-id.mjs';
import { inRoot } from '../stamps.mjs';
import { findFileReads } from './file-reads.mjs';
import { programPatches, threadPatches } from './patches.mjs';

const require = createRequire(inRoot('package.json'));

/**
 * Packages that others load if they are there. They are not installed, and stay out: their users do without them. Any
 * other package that cannot be found fails the build.
 */
const ABSENT = [
  // MongoDB's driver: other ways to sign in and to compress, encryption on the client.
  'kerberos',
  '@mongodb-js/zstd',
  '@aws-sdk/credential-providers',
  'gcp-metadata',
  'snappy',
  'mongodb-client-encryption',
  // BullMQ: other databases.
  'pg',
  '@valkey/valkey-glide',
];

const common = {
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // Not minified: stack traces name functions and lines, and the modules' names are in the comments between them.
  keepNames: true,
  legalComments: 'none',
  metafile: true,
  absWorkingDir: inRoot(),
  loader: { '.yaml': 'text', '.wasm': 'binary' },
  external: ABSENT,
  logLevel: 'warning',
  logOverride: { 'require-resolve-not-external': 'error', 'empty-import-meta': 'error' },
};

/** Returns the text of the whole program, with its packages but without its build id, and the modules in it. */
export const bundleWithPackages = () =>
  bundle({ entryPoints: ['src/main.ts'], define: buildIdDefine, plugins: [programPatches()] });

/** Returns the text of the thread that runs workflows, which is a program of its own. */
export const bundleThread = () =>
  bundle({
    isThread: true,
    entryPoints: [require.resolve('@temporalio/worker/lib/workflow/workflow-worker-thread.js')],
    plugins: [threadPatches()],
  });

/** @throws when the bundle may read a file, or misses a package */
export async function bundle({ isThread = false, ...options }) {
  const present = ABSENT.filter((name) => isInstalled(name));
  if (present.length > 0)
    throw new Error(`${present.join(', ')} would be left out of the executable, but is installed`);
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({ ...common, ...options });
  const [{ text }] = outputFiles;
  const modules = Object.keys(metafile.inputs);
  const reads = findFileReads({ text, modules, isThread });
  if (reads.length > 0)
    throw new Error(`The bundle may read files that it does not have (file-reads.mjs):\n  ${reads.join('\n  ')}`);
  return { text, modules };
}

function isInstalled(name) {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { buildIdOf, withBuildId, withoutSourceMap } from '../build-id.mjs';
import { dist, hashOf, inRoot, writeWhole } from '../stamps.mjs';
import { bundleThread, bundleWithPackages } from './bundle.mjs';
import { unusedKnowledge } from './file-reads.mjs';
import { injectProgram } from './inject-program.mjs';
import { addonFolder } from './platforms.mjs';
import { nodeFor } from './node-for.mjs';
import { writeBill } from './write-bill.mjs';

const ADDON = 'node_modules/@temporalio/core-bridge/releases';
const BUNDLE = 'worker/workflow-bundle.js';
const HASHES = 'worker/hashes.json';
const require = createRequire(inRoot('package.json'));

/**
 * Builds the single executable of a platform: Node with the program, its packages, its assets and, to be written to a
 * disk by a worker, what cannot run from memory. Also writes its SHA-256, as `sha256sum` does, and its CycloneDX bill
 * of materials.
 */
export async function buildExecutable({ executable, checksum, bill, platform }) {
  const node = nodeFor(platform);
  const [program, thread] = await Promise.all([bundleWithPackages(), bundleThread()]);
  const unused = unusedKnowledge([program, thread]);
  if (unused.length > 0)
    throw new Error(`scripts/build/executable/file-reads.mjs excuses ${unused.join(', ')} in vain`);

  const assets = { ...readAssets(), ...workerFiles({ thread: thread.text, platform }) };
  const parts = Object.entries(assets)
    .filter(([name]) => name !== HASHES)
    .flatMap(([name, bytes]) => [`${name}\0`, name === BUNDLE ? withoutSourceMap(bytes) : bytes, '\0']);
  const buildId = buildIdOf({ program: program.text, parts: [...parts, readFileSync(node.file)] });

  const folder = join(dist, `.${basename(executable)}.work-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const main = join(folder, 'program.js');
  writeFileSync(main, withBuildId({ program: program.text, buildId }));
  injectProgram({ main, assets, node, folder, executable });
  rmSync(folder, { recursive: true });

  const sha256 = await hashOfFile(executable);
  writeWhole(checksum, `${sha256}  ${basename(executable)}\n`);
  writeBill({ bill, executable, sha256, buildId, node, modules: [...program.modules, ...thread.modules, ADDON] });
}

/** Returns the files that src/assets.ts reads, by the names it reads them by. */
function readAssets() {
  const files = JSON.parse(readFileSync(inRoot('src/asset-files.json'), 'utf8'));
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => [
      name,
      readFileSync(file.startsWith('./') ? inRoot(file) : require.resolve(file)),
    ]),
  );
}

/** Returns what src/processes/binary writes to a disk, with the hashes by which it knows its files again. */
function workerFiles({ thread, platform }) {
  const files = {
    'index.node': readFileSync(inRoot(ADDON, addonFolder(platform), 'index.node')),
    'workflow-thread.js': Buffer.from(thread),
    'workflow-bundle.js': readFileSync(join(dist, 'workflow-bundle.js')),
  };
  const named = Object.entries(files);
  return {
    ...Object.fromEntries(named.map(([name, bytes]) => [`worker/${name}`, bytes])),
    [HASHES]: JSON.stringify(Object.fromEntries(named.map(([name, bytes]) => [name, hashOf([bytes])]))),
  };
}

async function hashOfFile(file) {
  const hash = createHash('sha256');
  await once(createReadStream(file).pipe(hash), 'finish');
  return hash.digest('hex');
}

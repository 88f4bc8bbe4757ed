#!/usr/bin/env node
// `npm test`: installs the packages as `npm start` does, then hands over to checks.ts on Node 24.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled, fail, handOver } from './bootstrap/install.mjs';

const USAGE = `npm test -- [--only name,name] [word ...]

Runs every check and every layer of tests and ends with "N passed, N failed".
With words (npm test -- payments): the tests whose path contains one of them, in every layer, and no other check.
With --only: these checks and layers.
`;

const args = process.argv.slice(2);
const options = readOptions();
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
await ensureInstalled(root);
handOver({ root, program: 'checks.ts', args });

function readOptions() {
  try {
    const known = { only: { type: 'string' }, help: { type: 'boolean' } };
    return parseArgs({ args, options: known, allowPositionals: true }).values;
  } catch (error) {
    return fail(`${error.message}\n${USAGE}`, 2);
  }
}

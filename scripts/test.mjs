#!/usr/bin/env node
// `npm test`: sets itself up as `npm start` does, then hands over to checks.ts on Node 24.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, fail, handOver } from './bootstrap/install.mjs';

const USAGE = `npm test -- [--only name,name]

Runs every check and every layer of tests and ends with "N passed, N failed".
`;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const known =
  args.length === 0 ||
  (args.length === 2 && args[0] === '--only') ||
  (args.length === 1 && args[0].startsWith('--only='));
if (!known) fail(`Cannot read "${args.join(' ')}"; the only flag is --only name,name`, 2);

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
await ensureInstalled(root);
handOver({
  root,
  program: 'checks.ts',
  args: args
    .join('=')
    .replace(/^--only=/, '')
    .split(',')
    .filter(Boolean),
});

// `npm run ledger:verify`: checks our books and compares them with the simulated gateway's own, item by item. Reads the
// platform that `npm start` runs in this folder, or else the servers that the environment names. Exits with 1 when
// anything differs.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { readRunFile } from './platform/run-file.ts';
import { loadSecrets } from './platform/secrets-file.ts';

const root = join(import.meta.dirname, '..');
const folder = resolve(root, process.env.PLATFORM_DIR || '.platform');
const run = readRunFile(join(folder, 'run.json'));
const ofPlatform = (): NodeJS.ProcessEnv => {
  const { operatorKey, tokenSecret } = loadSecrets(join(folder, 'state.json'), process.env);
  return {
    MONGODB_URI: run?.mongodbUri,
    SANDBOX_GATEWAY_URL: run?.sandboxGateway,
    OPERATOR_KEY: operatorKey,
    TOKEN_SECRET: tokenSecret,
  };
};

const { status } = spawnSync(process.execPath, [join(root, 'dist', 'main.js'), '--verify-ledger'], {
  stdio: 'inherit',
  env: { ...process.env, ...(run === null ? {} : ofPlatform()) },
});
process.exit(status ?? 1);

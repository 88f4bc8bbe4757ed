import { mongodbSources } from './mongodb-sources.ts';
import { parseRedisVersion, redisSources } from '../redis.ts';
import { plainReporter } from '../reporter.ts';
import { firstBinary, type ServerBinary, type Source, type SourceContext } from './sources.ts';
import { parseTemporalVersion, temporalSources } from '../temporal.ts';
import { isOlder } from './versions.ts';

const context: SourceContext = {
  root: '/checkout',
  cache: '/cache',
  env: {},
  reporter: plainReporter(() => undefined),
};
const binary = (dataFormat: string): ServerBinary => ({
  command: 'x',
  args: [],
  label: `${dataFormat} (here)`,
  dataFormat,
});
const has = (dataFormat: string): Source => ({ name: 'path', find: async () => binary(dataFormat) });
const choose = (sources: Source[], keep: string | null = null): Promise<ServerBinary> =>
  firstBinary({ server: 'MongoDB', sources, context, keep, dataFolder: '.platform/mongodb' });

describe('sources of a server', () => {
  it('are tried in the documented order', () => {
    const order = (sources: readonly Source[]): string[] =>
      sources.map(({ name, writes }) => (writes === undefined ? name : `${name} ${writes}`));
    expect(order(temporalSources)).toEqual(['path', 'cached', 'download', 'wheel']);
    expect(order(redisSources)).toEqual(['path', 'cached', 'wheel']);
    expect(order(mongodbSources({ buildFast: false }))).toEqual([
      'path mongod',
      'cached mongod',
      'cached secantusdb',
      'download mongod',
      'wheel secantusdb',
    ]);
    expect(order(mongodbSources({ buildFast: true }))).toEqual([
      'path mongod',
      'cached mongod',
      'cached secantusdb',
      'download mongod',
      'build secantusdb',
      'wheel secantusdb',
    ]);
  });

  it('name a cache that cannot be used, and give no advice to remove data', async () => {
    const path = '/cache/mongodb.lock';
    const error = Object.assign(new Error(`EROFS: read-only file system, open '${path}'`), { path });
    const readOnly: Source = { name: 'wheel', find: () => Promise.reject(error) };
    const chosen = choose([readOnly], 'secantusdb');
    await expect(chosen).rejects.toThrow(
      'No MongoDB is available. The servers are kept in /cache, which cannot be used (EROFS: read-only file system): ' +
        'set PLATFORM_CACHE_DIR to another folder, and start again.',
    );
    await expect(chosen).rejects.not.toThrow('remove the folder');
  });

  it('return the first available server, and skip absent or broken ones', async () => {
    const absent: Source = { name: 'path', find: async () => null };
    const broken: Source = { name: 'download', find: () => Promise.reject(new Error('refused')) };
    await expect(choose([absent, broken, has('mongod'), has('secantusdb')])).resolves.toMatchObject({
      dataFormat: 'mongod',
    });
  });

  it('never return a server that cannot open the existing data', async () => {
    await expect(choose([has('mongod'), has('secantusdb')], 'secantusdb')).resolves.toMatchObject({
      dataFormat: 'secantusdb',
    });
    await expect(choose([has('mongod')], 'secantusdb')).rejects.toThrow(
      /The data in \.platform\/mongodb was written by secantusdb: provide that server, or remove the folder/,
    );
  });

  it('are not tried when their server is known not to fit the data', async () => {
    const find = jest.fn(async () => binary('mongod'));
    await expect(
      choose([{ name: 'download', writes: 'mongod', find }, has('secantusdb')], 'secantusdb'),
    ).resolves.toMatchObject({ dataFormat: 'secantusdb' });
    expect(find).not.toHaveBeenCalled();
  });

  it('all name their reason when none has the server', async () => {
    const broken: Source = { name: 'wheel', find: () => Promise.reject(new Error('python3 is not on PATH')) };
    await expect(choose([broken])).rejects.toThrow('No MongoDB is available.\n  wheel: python3 is not on PATH');
  });
});

describe('versions', () => {
  it('are read from the output of the programs', () => {
    expect(parseTemporalVersion('temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)\n')).toBe('1.32.0');
    expect(parseRedisVersion('Redis server v=6.2.14 sha=40305114:0 malloc=libc')).toEqual({
      kind: 'Redis',
      version: '6.2.14',
    });
    expect(parseRedisVersion('Valkey server v=8.0.1 sha=0')).toEqual({ kind: 'Valkey', version: '8.0.1' });
    expect(() => parseTemporalVersion('command not found')).toThrow('not a Temporal CLI');
  });

  it('compare number by number', () => {
    expect(isOlder('1.9.0', '1.32.0')).toBe(true);
    expect(isOlder('1.32.0', '1.32.0')).toBe(false);
    expect(isOlder('2.0.0', '1.32.0')).toBe(false);
    expect(isOlder('1.31.9', '1.32.0')).toBe(true);
  });
});

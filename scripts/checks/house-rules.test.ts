import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MAX_LINES = 250;
const MAX_COLUMNS = 120;
const MAX_ENTRIES = 25;

const root = join(__dirname, '..', '..');
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
/** Every committed file, and every new file that git does not ignore. */
const files = listed.split('\n').filter((file) => file !== '' && existsSync(join(root, file)));
const isGenerated = (file: string): boolean => /(^|\/)(generated|histories)\/|\.generated\./.test(file);

const sources = files
  .filter((file) => /\.[cm]?[jt]s$/.test(file) && !isGenerated(file))
  .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').trimEnd().split('\n') }));

/** Returns the entries of each folder, without YAML, Markdown and generated files, and only TypeScript in the root. */
function entriesByFolder(): Map<string, Set<string>> {
  const entries = new Map<string, Set<string>>();
  for (const file of files) {
    const counts = !isGenerated(file) && !/\.(ya?ml|md)$/.test(file) && (file.includes('/') || file.endsWith('.ts'));
    for (let path = counts ? file : dirname(file); path !== '.'; path = dirname(path)) {
      const folder = dirname(path);
      entries.set(folder, (entries.get(folder) ?? new Set()).add(path));
    }
  }
  return entries;
}

describe('the sources', () => {
  it('are found', () => {
    expect(sources.map(({ file }) => file)).toContain('scripts/checks/house-rules.test.ts');
    expect(entriesByFolder().get('scripts')).toContain('scripts/checks');
  });

  it(`have at most ${MAX_LINES} lines in a file, blank lines and comments counted`, () => {
    const long = sources.filter(({ lines }) => lines.length > MAX_LINES);
    expect(long.map(({ file, lines }) => `${file}: ${lines.length} lines`)).toEqual([]);
  });

  it(`have at most ${MAX_COLUMNS} columns in a line`, () => {
    const wide = sources.flatMap(({ file, lines }) =>
      lines.flatMap((line, index) => (line.length > MAX_COLUMNS ? [`${file}:${index + 1}`] : [])),
    );
    expect(wide).toEqual([]);
  });

  it(`have at most ${MAX_ENTRIES} entries in a folder`, () => {
    const full = [...entriesByFolder()].filter(([, entries]) => entries.size > MAX_ENTRIES);
    expect(full.map(([folder, entries]) => `${folder}: ${entries.size} entries`)).toEqual([]);
  });
});

describe('what workflow code may import', () => {
  /** Variables, and collections that something could be put into. */
  const STATE = [
    /^(export )?(let|var) /,
    /^(export )?const \w+(: (?!readonly)[^=]+)? = (\[\]|\{\});/i,
    /^(export )?const \w+(: (?!readonly)[^=]+)? = new (Map|Set|WeakMap|WeakSet|Array)\b/i,
  ];
  const places = /^(workflows|src\/domain|src\/contracts)\/|^config\/temporal\.ts$/;

  it('keeps nothing in module scope: its modules are shared by all workflows of a worker (scripts/build.mjs)', () => {
    const kept = sources
      .filter(({ file }) => places.test(file) && !file.includes('/tests/') && !file.endsWith('.test.ts'))
      .flatMap(({ file, lines }) =>
        lines.flatMap((line) => (STATE.some((state) => state.test(line)) ? [`${file}: ${line}`] : [])),
      );
    expect(kept).toEqual([]);
  });
});

describe('a write of many documents', () => {
  /** Documents that no transaction can hold when they are written. */
  const WITHOUT = ['src/clients/storage/gridfs-file-store.ts'];
  /** Returns the text of each call of these methods, up to the parenthesis that closes it. */
  const callsOf = (text: string): string[] =>
    [...text.matchAll(/\.(updateMany|deleteMany)\(/g)].map(({ index }) => {
      let depth = 0;
      let end = text.indexOf('(', index);
      do depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0;
      while (depth > 0 && ++end < text.length);
      return text.slice(index, end + 1);
    });
  const writers = sources.filter(
    ({ file }) => /^(src|activities)\//.test(file) && !/\.test\.ts$|\/testing\//.test(file),
  );
  const calls = writers.flatMap(({ file, lines }) => callsOf(lines.join('\n')).map((call) => ({ file, call })));

  it('is found', () => {
    expect(calls.map(({ file }) => file)).toEqual(expect.arrayContaining(WITHOUT));
    expect(calls.length).toBeGreaterThan(10);
  });

  it('runs in a transaction (docs/decisions/0031-many-documents-in-a-transaction.md)', () => {
    const outside = calls.filter(({ file, call }) => !WITHOUT.includes(file) && !/\bsession\b/.test(call));
    expect(outside).toEqual([]);
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = (name: string) => JSON.stringify(join(__dirname, name));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs code that gives a text to `print` in Node, because jest loads no modules of this kind. */
async function inNode(code: string): Promise<string> {
  const print = '(work) => Promise.resolve().then(work).then(console.log, ({ message }) => console.log(message))';
  const script = `
    import { bundle } from ${here('bundle.mjs')};
    import { applyPatch, patchPlugin } from ${here('patches.mjs')};
    const print = ${print};
    ${code}`;
  return (await run(process.execPath, ['--input-type=module', '-e', script])).stdout.trim();
}

/** Bundles a module as for the executable. Returns "whole", or why it cannot be. */
function bundled(source: string): Promise<string> {
  const entry = join(folder, 'entry.js');
  writeFileSync(entry, source);
  const options = JSON.stringify({ entryPoints: [entry], logLevel: 'silent' });
  return inNode(`print(async () => (await bundle(${options})) && 'whole')`);
}

describe('the bundle of the executable', () => {
  it.each([
    ['reads a file beside it', 'require("fs").readFileSync(__dirname + "/data.afm")', 'may read files'],
    ['asks where a package lies', 'require.resolve("swagger-ui-dist/swagger-ui.css")', 'should be marked as external'],
    ['asks where it lies itself', 'console.log(require("url").pathToFileURL(__filename))', 'may read files'],
    ['loads what it does not name', 'require(process.argv[2])', 'may read files'],
    ['loads by another way', 'require("module").createRequire("/")("x")', 'may read files'],
    ['misses a package', 'require("a-package-that-is-not-there")', 'Could not resolve'],
  ])('fails when a module %s', async (_what, source, fault) => {
    expect(await bundled(source)).toContain(fault);
  });

  it('is whole when a module names what it loads, and has functions of such names', async () => {
    expect(await bundled('const a = { require: (x) => x }; a.require(require("fs"), /** */ require("url"))')).toBe(
      'whole',
    );
  });
});

describe('a patch', () => {
  it('changes the text that it is for', async () => {
    const patch = `{ module: 'm', replace: [['a()', 'b()']] }`;
    expect(await inNode(`print(() => applyPatch(${patch}, 'x = a();'))`)).toBe('x = b();');
  });

  it.each([
    ['replaces', `{ module: 'm/x.js', replace: [['a()', 'b()']] }`],
    ['knows its module by', `{ module: 'm/x.js', knownBy: ['a()'], whole: '' }`],
  ])('fails the build when the text that it %s is gone', async (_what, patch) => {
    expect(await inNode(`print(() => applyPatch(${patch}, 'x = c();'))`)).toBe(
      'The patch of m/x.js does not fit any more: it misses "a()"',
    );
  });

  it('fails the build when nothing loads its module, or there is none', async () => {
    const entry = join(folder, 'empty.js');
    writeFileSync(entry, '');
    const options = JSON.stringify({ entryPoints: [entry], logLevel: 'silent' });
    const withPatchOf = (module: string) =>
      inNode(`print(() => bundle({ ...${options}, plugins: [patchPlugin([{ module: '${module}', whole: '' }])] }))`);
    expect(await withPatchOf('express/index.js')).toContain('The patch of express/index.js meets no module');
    expect(await withPatchOf('express/gone.js')).toBe('There is no express/gone.js to patch');
  });
});

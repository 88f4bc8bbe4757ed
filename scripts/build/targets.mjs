import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildIdDefine, buildIdOf, withBuildId, withoutSourceMap } from './build-id.mjs';
import { buildExecutable } from './executable/build-executable.mjs';
import { dist, inRoot, writeWhole } from './stamps.mjs';

const { name, version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
const PROGRAM_INPUTS = ['src', 'config', 'activities', 'openapi.yaml', 'dist/workflow-bundle.js'];

/** What `npm run build` makes: the workflows first, because they are part of a program's build id. */
export const programTargets = [
  {
    files: ['workflow-bundle.js'],
    // Everything that workflow code may import (.dependency-cruiser.cjs enforces it).
    inputs: ['workflows', 'config', 'src/contracts', 'src/domain'],
    build: bundleWorkflows,
  },
  { files: ['main.js'], inputs: PROGRAM_INPUTS, build: bundleProgram },
];

/** Returns what `npm run build:binary` makes besides: the single executable, its checksum and its bill of materials. */
export function executableTarget(platform) {
  const file = `${name}-${version}-${platform}`;
  return {
    files: [file, `${file}.sha256`, `${file}.cdx.json`],
    inputs: [...PROGRAM_INPUTS, 'scripts/sbom.ts', 'scripts/embedded/sources'],
    build: ({ files: [executable, checksum, bill] }) => buildExecutable({ executable, checksum, bill, platform }),
  };
}

async function bundleProgram({ files: [file] }) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [inRoot('src/main.ts')],
    outfile: file,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    packages: 'external',
    sourcemap: 'linked',
    keepNames: true,
    loader: { '.yaml': 'text' },
    define: buildIdDefine,
    logLevel: 'warning',
  });
  for (const { path, text } of outputFiles) {
    if (path !== file) writeWhole(path, text);
    else {
      const buildId = buildIdOf({
        program: text,
        parts: [withoutSourceMap(readFileSync(join(dist, 'workflow-bundle.js')))],
      });
      writeWhole(path, withBuildId({ program: text, buildId }));
    }
  }
}

/**
 * The modules of all workflows and of the SDK are loaded once and shared: a cached workflow that loads its own keeps
 * them, which is most of its memory. So they must not keep anything in module scope (a house rule in scripts/checks).
 */
async function bundleWorkflows({ files: [file] }) {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const entry = inRoot('workflows/index.ts');
  const domains = readdirSync(dirname(entry), { withFileTypes: true })
    .map(({ name: folder, parentPath }) => join(parentPath, folder, 'index.ts'))
    .filter((index) => existsSync(index));
  const { code } = await bundleWorkflowCode({
    workflowsPath: entry,
    preloadModules: ['@temporalio/workflow', ...domains],
    logger: new DefaultLogger('WARN'),
  });
  writeWhole(file, withRelativeSources(code));
}

/** Names everything in the source map below the checkout: what ships names no folder of whoever built it. */
function withRelativeSources(code) {
  const [whole, start, encoded] = /(sourceMappingURL=data:application\/json;[^,]+,)([\w+/=]+)\s*$/.exec(code) ?? [];
  if (whole === undefined) throw new Error('The workflow bundle has no source map at its end');
  const map = { ...JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')), file: 'workflow-bundle.js' };
  const named = Buffer.from(JSON.stringify(map).replaceAll(inRoot('/'), '')).toString('base64');
  return `${code.slice(0, -whole.length)}${start}${named}\n`;
}

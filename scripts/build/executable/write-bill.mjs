import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { inRoot, writeWhole } from '../stamps.mjs';

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/**
 * Writes the bill of materials of an executable: that of the project (scripts/sbom.ts) with the executable as its
 * subject and with Node, where exactly what is in the executable has the scope `required`.
 *
 * `modules` are paths below the checkout.
 */
export function writeBill({ bill, executable, sha256, buildId, node, modules }) {
  const draft = `${bill}.draft-${process.pid}`;
  const made = spawnSync(node.here, [inRoot('scripts/sbom.ts'), draft], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr.trim());
  const { metadata, components, ...rest } = JSON.parse(readFileSync(draft, 'utf8'));
  rmSync(draft);

  const contained = new Set(modules.flatMap((module) => PACKAGE.exec(module) ?? []).map((path) => bomRefOf(path)));
  const missing = [...contained].filter((ref) => !components.some((component) => component['bom-ref'] === ref));
  if (missing.length > 0) throw new Error(`The bill of materials misses ${missing.join(', ')}`);

  const subject = {
    ...metadata.component,
    type: 'application',
    name: basename(executable),
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    properties: [{ name: 'partner-platform:build-id', value: buildId }],
  };
  const runtime = {
    'bom-ref': `pkg:generic/node@${node.version}`,
    type: 'platform',
    name: 'node',
    version: node.version,
    scope: 'required',
    purl: `pkg:generic/node@${node.version}`,
  };
  const scoped = components.map((component) => ({
    ...component,
    scope: contained.has(component['bom-ref']) ? 'required' : 'excluded',
  }));
  const whole = { ...rest, metadata: { ...metadata, component: subject }, components: [runtime, ...scoped] };
  writeWhole(bill, `${JSON.stringify(whole, null, 2)}\n`);
}

/** Returns the reference that npm gives an installed package. */
function bomRefOf(path) {
  const { name, version } = JSON.parse(readFileSync(inRoot(path, 'package.json'), 'utf8'));
  return `${name}@${version}`;
}

// Joins openapi/root.yaml and openapi/<domain>.yaml to openapi.yaml, as text: comments and format stay. With --check
// nothing is written; the exit code is 1 when openapi.yaml is out of date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Returns the lines of each top-level key and of each key of `components`, without comments above the first key. */
function readSections(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let parent = '';
  let lines: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const [, indent, key] = /^( {2})?(\w+):/.exec(line) ?? [];
    if (key !== undefined && (!indent || parent === 'components')) {
      if (!indent) parent = key;
      lines = [];
      sections.set(indent ? `${parent}/${key}` : key, lines);
    }
    lines.push(line);
  }
  return sections;
}

const shared = readSections(read('openapi/root.yaml'));
const domains = [...(shared.get('tags') ?? []).join('\n').matchAll(/name: (\w+)/g)].map(([, tag = '']) =>
  tag.toLowerCase(),
);
const files = readdirSync(join(root, 'openapi')).map((file) => file.replace(/\.yaml$/, ''));
const odd = files.filter((file) => file !== 'root' && !domains.includes(file));
if (odd.length > 0) throw new Error(`openapi/root.yaml has no tag for ${odd.join(', ')}`);

/** Adds the lines of a domain's problem codes to the enum of `ProblemCode`, after the codes that stand there. */
function addProblemCodes(codes: readonly string[]): void {
  const schemas = shared.get('components/schemas') ?? [];
  const first = schemas.indexOf('      enum:', schemas.indexOf('    ProblemCode:')) + 1;
  const count = schemas.slice(first).findIndex((line) => !line.startsWith('        - '));
  schemas.splice(first + count, 0, ...codes.filter(Boolean).map((line) => `      ${line}`));
}

for (const domain of domains) {
  for (const [section, [, ...body]] of readSections(read(`openapi/${domain}.yaml`))) {
    if (section === 'problemCodes') {
      addProblemCodes(body);
      continue;
    }
    const lines = shared.get(section);
    if (lines === undefined)
      throw new Error(`openapi/root.yaml has no section ${section}, which ${domain}.yaml adds to`);
    lines.push(...body);
  }
}
const HEADING = '# Generated from openapi/ by `npm run generate`; do not edit.';
const joined = `${[HEADING, ...[...shared.values()].flat()].join('\n')}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(join(root, 'openapi.yaml'), joined);
} else if (joined !== read('openapi.yaml')) {
  process.stderr.write('openapi.yaml is out of date: run `npm run generate`\n');
  process.exitCode = 1;
}

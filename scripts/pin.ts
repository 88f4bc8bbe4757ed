// `npm run pin`: receives every archive in pins.json that has no hash yet and writes the SHA-256 of the received bytes.
// With words (npm run pin -- temporal): those whose URL contains one of them, also when they have a hash.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isReachable, receive } from './embedded/sources/download.ts';
import { pinsFile, readPins, sha256Of } from './embedded/sources/pins.ts';

const root = join(import.meta.dirname, '..');
const words = process.argv.slice(2);
const pins = { ...readPins(root) };
const chosen = Object.keys(pins).filter((url) =>
  words.length === 0 ? pins[url] === null : words.some((word) => url.includes(word)),
);

for (const url of chosen) {
  try {
    if (!(await isReachable(url))) throw new Error('it cannot be reached');
    pins[url] = sha256Of(await receive(url, () => undefined));
    process.stdout.write(`${url}: ${pins[url]}\n`);
  } catch (error) {
    process.stderr.write(`${url} was not received: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  const text = `${JSON.stringify(pins, null, 2)}\n`;
  if (text !== readFileSync(pinsFile(root), 'utf8')) writeFileSync(pinsFile(root), text);
}
const missing = Object.values(pins).filter((hash) => hash === null).length;
process.stdout.write(`${Object.keys(pins).length - missing} archives are pinned, ${missing} are not\n`);
process.exitCode = missing === 0 ? 0 : 1;

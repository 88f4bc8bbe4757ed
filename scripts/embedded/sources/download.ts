import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter } from '../reporter.ts';
import { checkPin, type Pins } from './pins.ts';
import { runCommand } from './run-command.ts';

const CONNECT_WITHIN_MS = 3_000;
const DOWNLOAD_WITHIN_MS = 300_000;
const MAX_REDIRECTS = 5;

/** Returns true when a host answers over HTTPS within 3 s; a closed network must not cost more time. */
export async function isReachable(url: string): Promise<boolean> {
  try {
    await fetch(requireHttps(url), {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(CONNECT_WITHIN_MS),
    });
    return true;
  } catch {
    return false;
  }
}

export interface DownloadInput {
  url: string;
  /** An existing folder. */
  target: string;
  pins: Pins;
  reporter: Reporter;
  update: (detail: string) => void;
}

/**
 * Downloads a .tar.gz over HTTPS, compares it with its pin, unpacks it and deletes it. An archive without a pin is
 * used too, because a newcomer could not start otherwise, and is reported in one line.
 * @throws immediately when the URL is not https: or the host is unreachable, and before unpacking when the archive is
 *   not the pinned one.
 */
export async function downloadArchive({ url, target, pins, reporter, update }: DownloadInput): Promise<void> {
  requireHttps(url);
  if (!(await isReachable(url))) throw new Error(`${new URL(url).host} cannot be reached`);
  const bytes = await receive(url, update);
  if (checkPin({ url, bytes, pins }) === 'unpinned')
    reporter.line(`${url} is not pinned by a hash: only TLS vouches for it (npm run pin fills in hashes)`);
  const archive = join(target, 'archive.tar.gz');
  writeFileSync(archive, bytes);
  await runCommand({ command: 'tar', args: ['-xzf', archive, '-C', target], timeoutMs: 120_000 });
  rmSync(archive);
}

/**
 * Returns the bytes at a URL. `update` receives the progress.
 * @throws for any answer but 2xx, and for a URL or a redirect that is not https:.
 */
export async function receive(url: string, update: (detail: string) => void): Promise<Buffer> {
  const response = await follow(url, AbortSignal.timeout(DOWNLOAD_WITHIN_MS));
  if (!response.ok || response.body === null) throw new Error(`${new URL(url).host} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    bytes += chunk.length;
    update(`${Math.round(bytes / 1e6)} MB`);
  }
  return Buffer.concat(chunks);
}

/** Follows redirects one by one, so that none of them leaves HTTPS. */
async function follow(url: string, signal: AbortSignal): Promise<Response> {
  let next = url;
  for (let redirects = 0; ; redirects += 1) {
    const response = await fetch(requireHttps(next), { redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null || redirects === MAX_REDIRECTS)
      return response;
    await response.body?.cancel();
    next = new URL(location, next).href;
  }
}

function requireHttps(url: string): string {
  if (new URL(url).protocol !== 'https:') throw new Error(`${url} is not https: it was not downloaded`);
  return url;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

const CONNECT_WITHIN_MS = 3_000;
const DOWNLOAD_WITHIN_MS = 300_000;

/** Returns true when a host answers within 3 s; a closed network must not cost more time. */
export async function isReachable(url: string): Promise<boolean> {
  try {
    await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(CONNECT_WITHIN_MS) });
    return true;
  } catch {
    return false;
  }
}

/** Downloads a .tar.gz over HTTPS and unpacks it. @throws immediately when the host is unreachable. */
export async function downloadArchive(input: {
  url: string;
  target: string;
  update: (detail: string) => void;
}): Promise<void> {
  const { url, target, update } = input;
  if (!(await isReachable(url))) throw new Error(`${new URL(url).host} cannot be reached`);
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_WITHIN_MS) });
  if (!response.ok || response.body === null) throw new Error(`${new URL(url).host} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    bytes += chunk.length;
    update(`${Math.round(bytes / 1e6)} MB`);
  }
  const archive = join(target, 'archive.tar.gz');
  writeFileSync(archive, Buffer.concat(chunks));
  await runCommand({ command: 'tar', args: ['-xzf', archive, '-C', target], timeoutMs: 120_000 });
}

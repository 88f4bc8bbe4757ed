import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { lock } from '../file-lock.ts';
import type { Reporter } from '../reporter.ts';

const MARKER = '.installed';

/** Where server binaries are kept, outside every checkout. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env.PLATFORM_CACHE_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'partner-platform');
}

/** Whether a whole installation stands there; the marker is written last, so half of one never counts. */
export const isInstalled = (folder: string): boolean => existsSync(join(folder, MARKER));

export interface InstallOnceInput {
  folder: string;
  label: string;
  reporter: Reporter;
  /** Fills an empty folder beside the final one; must throw unless what it put there works. */
  install: (draft: string, update: (detail: string) => void) => Promise<void>;
}

/**
 * Installs into the cache exactly once, however many starts want it at the same time: others wait, then find it done.
 * The finished folder appears by rename, whole or not at all. Answers whether it was this process that installed it.
 */
export async function installOnce({ folder, label, reporter, install }: InstallOnceInput): Promise<boolean> {
  if (isInstalled(folder)) return false;
  mkdirSync(dirname(folder), { recursive: true });
  const held = await lock(`${folder}.lock`, ({ pid }) =>
    reporter.line(`${label}: waiting for process ${pid}, which is installing it`),
  );
  const step = reporter.begin(label);
  try {
    if (isInstalled(folder)) return false;
    removeDrafts(folder);
    const draft = `${folder}.draft-${process.pid}`;
    mkdirSync(draft);
    await install(draft, step.update);
    writeFileSync(join(draft, MARKER), `${new Date().toISOString()}\n`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    return true;
  } finally {
    removeDrafts(folder);
    step.end();
    held.release();
  }
}

/** Under the lock nobody else is installing, so every draft is a dead one. */
function removeDrafts(folder: string): void {
  const drafts = readdirSync(dirname(folder)).filter((name) => name.startsWith(`${basename(folder)}.draft-`));
  for (const name of drafts) rmSync(join(dirname(folder), name), { recursive: true, force: true });
}

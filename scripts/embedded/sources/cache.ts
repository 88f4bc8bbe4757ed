import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { lock } from '../file-lock.ts';
import type { Reporter } from '../reporter.ts';

const MARKER = '.installed';

/** Returns the folder of server binaries, outside every checkout. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env.PLATFORM_CACHE_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'partner-platform');
}

/** Returns true for a complete installation. The marker is written last, so a partial one never counts. */
export const isInstalled = (folder: string): boolean => existsSync(join(folder, MARKER));

export interface InstallOnceInput {
  folder: string;
  label: string;
  reporter: Reporter;
  /** Installs into an empty folder beside the final one. Must throw unless the installation works. */
  install: (draft: string, update: (detail: string) => void) => Promise<void>;
}

/**
 * Installs into the cache exactly once, also for concurrent starts: the others wait and then find the installation. The
 * finished folder appears by rename, whole or not at all. Returns true when this process installed it.
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

/** Removes all drafts. Under the lock nobody else installs, so every draft is dead. */
function removeDrafts(folder: string): void {
  const drafts = readdirSync(dirname(folder)).filter((name) => name.startsWith(`${basename(folder)}.draft-`));
  for (const name of drafts) rmSync(join(dirname(folder), name), { recursive: true, force: true });
}

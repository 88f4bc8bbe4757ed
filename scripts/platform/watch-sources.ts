import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['src', 'config', 'workflows', 'activities', 'openapi.yaml'];
const SETTLE_MS = 250;

/** Calls `onChange` shortly after the last change of source files. Changes during a call lead to another call. */
export function watchSources(root: string, onChange: () => Promise<void>): { close: () => void } {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  const soon = (name: string | null): void => {
    if (name !== null && /\.test\.ts$|(^|\/)\./.test(name)) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(onChange);
    }, SETTLE_MS);
  };
  const watchers = SOURCES.map((source) => join(root, source))
    .filter((path) => existsSync(path))
    .map((path) => watch(path, { recursive: true }, (_event, name) => soon(name)));
  return { close: () => watchers.forEach((watcher) => watcher.close()) };
}

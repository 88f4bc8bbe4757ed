import { execFileSync } from 'node:child_process';

/**
 * Returns the command that runs another with mounts of its own, as root or as what looks like root to it; null where
 * this machine does not allow that.
 */
export function ownMounts(): { command: string; flags: readonly string[] } | null {
  for (const rights of [[], ['--user', '--map-root-user']]) {
    const flags = [...rights, '--mount', '--propagation', 'private'];
    try {
      execFileSync('unshare', [...flags, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt'], { stdio: 'ignore' });
      const command = execFileSync('sh', ['-c', 'command -v unshare'], { encoding: 'utf8' }).trim();
      return { command, flags };
    } catch {
      // Not allowed here.
    }
  }
  return null;
}

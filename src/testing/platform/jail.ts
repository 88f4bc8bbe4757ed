import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkoutRoot } from '../servers/servers';
import type { Launch } from './launch';
import { ownMounts } from './name-spaces';

/** Nobody: a user without any file of its own. */
const USER = 65_534;
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Enters the jail and becomes the program, so that the process id is the program's. `$1` is the jail, `$2` a folder of
 * the host that the program may write to, the rest is the command.
 */
const ENTER = `
set -e
jail=$1 data=$2 path=$PATH
shift 2
PATH=${SYSTEM_PATH}
mount --bind "$jail" "$jail"
mount -o remount,bind,ro "$jail"
mount --rbind /proc "$jail/proc"
mount -t tmpfs -o mode=1777,size=96m tmpfs "$jail/cache"
mount --bind "$data" "$jail/data"
chroot=$(command -v chroot)
PATH=$path
exec "$chroot" $AS_USER "$jail" "$@"
`;

/**
 * Builds a root that holds an executable and the system's libraries that it links to, as an image does, and returns how
 * to start the executable in it: as a user without rights, on a read-only file system with no shell, no Node and no
 * file of the checkout, with a folder of its own in memory as APP_CACHE_DIR. The network is the machine's.
 *
 * Returns null where the machine does not allow such a thing.
 */
export function buildJail({ executable, folder }: { executable: string; folder: string }): Launch | null {
  const mounts = ownMounts();
  if (mounts === null) return null;
  const jail = join(folder, 'root');
  const data = join(folder, 'data');
  rmSync(folder, { recursive: true, force: true });
  for (const place of [data, ...['proc', 'cache', 'data'].map((name) => join(jail, name))])
    mkdirSync(place, { recursive: true });
  const addon = join(
    checkoutRoot(__dirname),
    'node_modules/@temporalio/core-bridge/releases/x86_64-unknown-linux-gnu/index.node',
  );
  for (const library of new Set([executable, addon].flatMap(librariesOf))) {
    mkdirSync(join(jail, dirname(library)), { recursive: true });
    copyFileSync(library, join(jail, library));
  }
  copyFileSync(executable, join(jail, 'partner-platform'));
  chmodSync(join(jail, 'partner-platform'), 0o755);
  const script = join(folder, 'enter.sh');
  writeFileSync(script, ENTER);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) chownSync(data, USER, USER);
  return {
    command: mounts.command,
    args: [...mounts.flags, '/bin/sh', script, jail, data, '/partner-platform'],
    env: {
      // Nothing of the machine's is on it.
      PATH: '/nowhere',
      HOME: '/',
      AS_USER: isRoot ? `--userspec=${USER}:${USER} --groups=` : '',
      APP_CACHE_DIR: '/cache',
      SANDBOX_DATA_DIR: '/data/sandbox',
      NODE_COMPILE_CACHE: '',
    },
  };
}

function librariesOf(file: string): string[] {
  const printed = execFileSync('ldd', [file], { encoding: 'utf8' });
  return [...printed.matchAll(/(\/\S+) \(0x/g)].map(([, library = '']) => library);
}

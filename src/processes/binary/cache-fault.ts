/** A cache folder that cannot be used. The message is one line: the variable, what is wrong, and the remedy. */
export class CacheFault extends Error {
  constructor(reason: string, remedy = 'set APP_CACHE_DIR to another folder', options?: ErrorOptions) {
    super(`APP_CACHE_DIR: ${reason}; ${remedy}`, options);
    this.name = 'CacheFault';
  }
}

const WRITABLE = 'set APP_CACHE_DIR to a folder that this user may write to';

/** Returns the fault behind an error of the file system in the folder. `needBytes` is what the files need. */
export function cacheFaultOf({
  error,
  folder,
  needBytes,
}: {
  error: unknown;
  folder: string;
  needBytes: number;
}): CacheFault {
  if (error instanceof CacheFault) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  const needMb = Math.ceil(needBytes / 2 ** 20);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new CacheFault(
        `${folder} is full`,
        `free ${needMb} MB there, or set APP_CACHE_DIR to another folder`,
        options,
      );
    case 'EROFS':
      return new CacheFault(`${folder} is on a read-only file system`, WRITABLE, options);
    case 'EACCES':
    case 'EPERM':
      return new CacheFault(`user ${process.geteuid?.()} may not write to ${folder}`, WRITABLE, options);
    case 'ENOTDIR':
    case 'EEXIST':
      return new CacheFault(`${folder} is not a folder`, undefined, options);
    default:
      return new CacheFault(`${folder} cannot be used (${code ?? message})`, undefined, options);
  }
}

/** Returns the fault behind an addon that lies in the folder and cannot be loaded. */
export function addonFaultOf({ error, folder }: { error: unknown; folder: string }): Error {
  const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  // The loader's words for a file that may be read but not run.
  if (reason.includes('failed to map segment from shared object'))
    return new CacheFault(
      `${folder} is on a file system without the right to run files (noexec)`,
      'mount it with exec, or set APP_CACHE_DIR to another folder',
      { cause: error },
    );
  return new Error(`The native addon of the Temporal SDK cannot be loaded on this system: ${reason}`, { cause: error });
}

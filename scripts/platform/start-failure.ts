import { isNativeError } from 'node:util/types';

const REASONS: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not change it',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file stands where a folder belongs',
  EISDIR: 'a folder stands where a file belongs',
};

const DISK_REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's share of the disk is used up",
};

/**
 * Returns one line for an error that ended the start. For a file or folder that cannot be used, and for a full disk, it
 * names the path where the system does, the reason and the remedy.
 */
export function explainStartFailure(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  const { code = '', path, syscall = '' } = error as NodeJS.ErrnoException;
  const full = DISK_REASONS[code];
  if (full !== undefined)
    return (
      `${path ?? 'A file'} cannot be written (${code}: ${full}). Free some space, or set PLATFORM_DIR to a folder ` +
      'on another disk, and start again.'
    );
  const reason = REASONS[code];
  if (path === undefined || reason === undefined) return error.message;
  // The path is that of a program, which nobody wanted to write to.
  if (syscall.startsWith('spawn'))
    return `${path} cannot be run (${code}). Let this user execute it, or remove it, and start again.`;
  return (
    `${path} cannot be used (${code}: ${reason}). Change that, or set PLATFORM_DIR to a folder ` +
    'that this user can write to, and start again.'
  );
}

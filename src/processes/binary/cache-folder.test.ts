import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheFaultOf } from './cache-fault';
import { openCacheFolder, openVersionFolder } from './cache-folder';

const SOMEBODY_ELSE = 65_534;
const itAsRoot = process.geteuid?.() === 0 ? it : it.skip;

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'cache-folder-')), 'cache');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

const modeOf = (place: string) => statSync(place).mode & 0o777;

it('makes the folders for its user alone, and closes that of a version which is open', () => {
  const version = path.join(folder, 'v');
  openCacheFolder(folder);
  openVersionFolder(version);
  chmodSync(version, 0o777);
  openVersionFolder(version);
  expect([modeOf(folder), modeOf(version)]).toEqual([0o700, 0o700]);
});

it('takes a folder that is open to all as /tmp is, and a link of its user', () => {
  mkdirSync(folder);
  chmodSync(folder, 0o1777);
  symlinkSync(folder, `${folder}-link`);
  openCacheFolder(`${folder}-link`);
  openVersionFolder(path.join(folder, 'v'));
  expect(modeOf(path.join(folder, 'v'))).toBe(0o700);
});

it('names the fault of a place where no folder can be made', () => {
  expect(() => openCacheFolder('/proc/partner-platform/cache')).toThrow(/^ENOENT/);
});

it('refuses a folder in which others may replace files, or that is none', () => {
  mkdirSync(folder);
  chmodSync(folder, 0o770);
  expect(() => openCacheFolder(folder)).toThrow(`APP_CACHE_DIR: others may write to ${folder}; run chmod 700`);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  expect(() => openVersionFolder(folder)).toThrow();
});

itAsRoot("refuses somebody else's folder, link and version", () => {
  const foreign = `${folder}-foreign`;
  mkdirSync(foreign);
  chownSync(foreign, SOMEBODY_ELSE, SOMEBODY_ELSE);
  expect(() => openCacheFolder(foreign)).toThrow(
    `APP_CACHE_DIR: ${foreign} belongs to user ${SOMEBODY_ELSE}, not to 0`,
  );
  expect(() => openVersionFolder(foreign)).toThrow(`belongs to user ${SOMEBODY_ELSE}`);
});

it.each([
  ['ENOSPC', '/c is full; free 45 MB there, or set APP_CACHE_DIR to another folder'],
  ['EDQUOT', '/c is full; free 45 MB there, or set APP_CACHE_DIR to another folder'],
  ['EROFS', '/c is on a read-only file system; set APP_CACHE_DIR to a folder that this user may write to'],
  ['EACCES', 'user'],
  ['ENOTDIR', '/c is not a folder; set APP_CACHE_DIR to another folder'],
  ['EIO', '/c cannot be used (EIO); set APP_CACHE_DIR to another folder'],
])('names the variable, the fault and the remedy in one line for %s', (code, line) => {
  const error = Object.assign(new Error(`${code}: failed,\nsomehow`), { code });
  const { message } = cacheFaultOf({ error, folder: '/c', needBytes: 44.5 * 2 ** 20 });
  expect(message).toMatch(/^APP_CACHE_DIR: [^\n]+$/);
  expect(message).toContain(line);
});

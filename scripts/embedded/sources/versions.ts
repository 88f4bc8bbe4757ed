/** Returns true when `version` is older than `than`, compared number by number: 1.9 is older than 1.32. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  const differing = (a ?? []).findIndex((part, index) => part !== b?.[index]);
  return differing !== -1 && (a?.[differing] ?? 0) < (b?.[differing] ?? 0);
}

/**
 * Every feature flag with its meaning and default. `FEATURES=-rate-limits` in the environment disables a flag; the bare
 * name enables it. A flag that no code reads any more is removed from here.
 */
export const flags = {
  'rate-limits': { on: true, meaning: 'Limits the requests of a tenant per minute' },
} as const satisfies Record<string, { on: boolean; meaning: string }>;

export type Flag = keyof typeof flags;
export type Flags = Readonly<Record<Flag, boolean>>;
export const flagNames = Object.keys(flags) as Flag[];

/**
 * Returns the default flags, changed by a comma list of `name` and `-name`. @throws Error naming every unknown flag.
 */
export function parseFlags(list: string): Flags {
  const result = Object.fromEntries(flagNames.map((name) => [name, flags[name].on])) as Record<Flag, boolean>;
  const unknown: string[] = [];
  for (const entry of list
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const off = entry.startsWith('-');
    const name = off ? entry.slice(1) : entry;
    if (isFlag(name)) result[name] = !off;
    else unknown.push(name);
  }
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}`);
  return result;
}

const isFlag = (name: string): name is Flag => Object.hasOwn(flags, name);

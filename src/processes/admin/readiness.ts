import { settleWithin } from '../lifecycle/settle-within';

export interface Dependency {
  name: string;
  /** True when the process must get no work without it; without any other dependency the process is degraded. */
  required: boolean;
  /** Resolves when the dependency responds. The limit is 1 s. */
  check: () => Promise<unknown>;
}

export interface DependencyState {
  ok: boolean;
  required: boolean;
  latencyMs: number;
  error?: string;
}

export interface Readiness {
  isReady: boolean;
  status: 'starting' | 'draining' | 'ready' | 'degraded' | 'unready';
  dependencies: Record<string, DependencyState>;
}

export const CHECK_WITHIN_MS = 1000;

export interface ReadReadinessInput {
  dependencies: readonly Dependency[];
  isDraining: () => boolean;
  isBooted: () => boolean;
}

/** Checks every dependency in parallel. While draining nothing is checked, so the result is immediate. */
export async function readReadiness({ dependencies, isDraining, isBooted }: ReadReadinessInput): Promise<Readiness> {
  if (isDraining()) return { isReady: false, status: 'draining', dependencies: {} };
  const states = Object.fromEntries(
    await Promise.all(dependencies.map(async (dependency) => [dependency.name, await stateOf(dependency)] as const)),
  );
  const down = Object.values(states).filter(({ ok }) => !ok);
  if (isDraining()) return { isReady: false, status: 'draining', dependencies: states };
  if (!isBooted()) return { isReady: false, status: 'starting', dependencies: states };
  if (down.some(({ required }) => required)) return { isReady: false, status: 'unready', dependencies: states };
  return { isReady: true, status: down.length > 0 ? 'degraded' : 'ready', dependencies: states };
}

async function stateOf({ required, check }: Dependency): Promise<DependencyState> {
  const begun = performance.now();
  const outcome = await settleWithin({ work: check, limitMs: CHECK_WITHIN_MS });
  const latencyMs = Math.round((performance.now() - begun) * 10) / 10;
  if (outcome.ended === 'well') return { ok: true, required, latencyMs };
  const error = outcome.ended === 'late' ? `no response within ${CHECK_WITHIN_MS} ms` : textOf(outcome.error);
  return { ok: false, required, latencyMs, error };
}

/** An error's text may contain the password of a connection string. */
const textOf = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error))
    .replace(/:\/\/[^\s/@]{1,400}@/g, '://…@')
    .slice(0, 200);

/** The facts that one stage has read. */
export interface StagePage {
  /** The key to continue after; null where the stage is at its end. */
  after: string | null;
  /** The number of facts that were read. */
  read: number;
}

/** Reads at most `limit` facts after a key of the stage; null begins. */
export type ReadStage = (input: { after: string | null; limit: number }) => Promise<StagePage>;

export interface ReadInStagesInput {
  stages: readonly ReadStage[];
  after: string | null;
  limit: number;
}

/** Reads at most `limit` facts of one stage after the other. A key is the stage's number before the stage's own key. */
export async function readInStages({ stages, after, limit }: ReadInStagesInput): Promise<StagePage> {
  let [stage, key] = positionOf(after);
  let read = 0;
  for (; stage < stages.length; stage += 1, key = null) {
    if (read >= limit) return { after: keyOf(stage, null), read };
    const page = await stages[stage]!({ after: key, limit: limit - read });
    read += page.read;
    if (page.after !== null) return { after: keyOf(stage, page.after), read };
  }
  return { after: null, read };
}

const keyOf = (stage: number, key: string | null): string => (key === null ? `${stage}` : `${stage}/${key}`);

function positionOf(after: string | null): [stage: number, key: string | null] {
  if (after === null) return [0, null];
  const at = after.indexOf('/');
  return at < 0 ? [Number(after), null] : [Number(after.slice(0, at)), after.slice(at + 1)];
}

export const actorKinds = ['api_key', 'reviewer', 'operator', 'recipient', 'workflow'] as const;

/**
 * The author of an action: an API key (a reviewer's when it used the review scope), the operator, the mail's recipient,
 * or the process itself.
 */
export interface Actor {
  kind: (typeof actorKinds)[number];
  id: string | null;
}

/** A workflow that acts without a command. */
export const byWorkflow: Actor = { kind: 'workflow', id: null };

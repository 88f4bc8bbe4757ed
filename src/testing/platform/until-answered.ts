/**
 * Sends a command until there is an answer, as an api's client does: on a busy machine the outcome may stay open for a
 * while. Under one id the command is applied once.
 */
export async function untilAnswered<Outcome>(
  send: () => Promise<Outcome>,
  { attempts = 10 }: { attempts?: number } = {},
): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'OUTCOME_PENDING' || attempt >= attempts) throw error;
    }
  }
}

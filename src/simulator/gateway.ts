import { join } from 'node:path';
import { cardBehaviour } from './card-behaviour';
import type { Fault } from './card-behaviour';
import { percentile } from './chaos';
import type { Chaos } from './chaos';
import { decideOperation } from './gateway-operations';
import type { Asked } from './gateway-operations';
import { createGatewayState } from './gateway-state';
import type { Authorisation, LedgerItem } from './gateway-state';
import { openLedgerFile } from './ledger-file';
import type { LedgerRecord, NewRecord, OperationRecord } from './ledger-record';
import { RequestRefused } from './request-refused';

export type Gateway = Awaited<ReturnType<typeof openGateway>>;

export interface OpenGatewayInput {
  dataDir: string;
  chaos: () => Chaos;
  /** Told of every event once it is on disk. */
  onEvent: (item: LedgerItem) => void;
}

/**
 * The gateway's books: what was decided is applied in memory and appended to the ledger in one synchronous step, and
 * shown to nobody before it is on disk. A crash can therefore lose only what was never acknowledged.
 */
export async function openGateway({ dataDir, chaos, onEvent }: OpenGatewayInput) {
  const state = createGatewayState();
  const file = await openLedgerFile({
    path: join(dataDir, 'ledger.jsonl'),
    onRecord: (record) => state.apply(record as LedgerRecord),
  });
  const refusals = new Map<string, number>();

  /** Resolves once the record is on disk and its event, if it makes one, has been handed on. */
  const append = async (record: NewRecord): Promise<void> => {
    const positioned: LedgerRecord = { seq: state.nextSeq(), recordedAt: new Date().toISOString(), ...record };
    const item = state.apply(positioned);
    await file.append(positioned);
    if (item && item.outcome !== 'rejected') onEvent(item);
  };

  /**
   * Whether this key's call is answered 503 once more. Counted in memory: a restart may add refusals, never effects.
   */
  const isUnavailable = ({ account, key }: Asked, paymentMethod: string): boolean => {
    const { seed, unavailablePercent } = chaos();
    const times =
      cardBehaviour(paymentMethod)?.unavailableTimes ??
      (percentile(seed, 'unavailable', account, key) < unavailablePercent ? 1 : 0);
    const scopedKey = `${account} ${key}`;
    const refused = refusals.get(scopedKey) ?? 0;
    if (refused < times) refusals.set(scopedKey, refused + 1);
    else refusals.delete(scopedKey);
    return refused < times;
  };

  return {
    /**
     * Does what was asked, once per account and key. `fault` is how the answer shall go wrong, `none` for a repeat.
     * @throws RequestRefused 422 when the key was used for something else, 503 with nothing done.
     */
    async operate(asked: Asked): Promise<{ record: OperationRecord; replayed: boolean; fault: Fault }> {
      const known = state.operation(asked.account, asked.key);
      if (known) {
        if (known.fingerprint !== asked.fingerprint) {
          throw new RequestRefused(
            422,
            'key_reused',
            'This Idempotency-Key was used for another request; use a new key',
          );
        }
        await file.durable();
        return { record: known, replayed: true, fault: 'none' };
      }
      const paymentMethod =
        asked.paymentMethod ??
        state.authorisation(asked.account, asked.authorisationId ?? '')?.record.paymentMethod ??
        '';
      if (isUnavailable(asked, paymentMethod))
        throw new RequestRefused(503, 'unavailable', 'The gateway is overloaded; nothing was done');
      noteCard(asked.account, paymentMethod, asked.customerId, asked.at);
      const written = append(decideOperation({ asked, state, chaos: chaos() }));
      const record = state.operation(asked.account, asked.key) as OperationRecord;
      await written;
      const { seed, timeoutAfterChargePercent } = chaos();
      const timesOut = percentile(seed, 'timeout', asked.account, asked.key) < timeoutAfterChargePercent;
      return {
        record,
        replayed: false,
        fault: timesOut ? 'timeout' : (cardBehaviour(paymentMethod)?.faults?.[asked.operation] ?? 'none'),
      };
    },

    /** The customer's decision. The first one stands; later ones, and one after a void, change nothing. */
    async act(authorisation: Authorisation, decision: 'approve' | 'decline'): Promise<void> {
      if (authorisation.state !== 'requires_action') return file.durable();
      const { account, authorisationId, at, recordedAt } = authorisation.record;
      // The customer carries no business clock: theirs is the authorisation's, moved on by the time they really took.
      const decidedAt = new Date(Date.parse(at) + Math.max(0, Date.now() - Date.parse(recordedAt))).toISOString();
      return append({ type: 'action', account, authorisationId, decision, at: decidedAt });
    },

    /**
     * When the card was first seen with this customer; now, for one never seen. Recorded where the card's facts hang on
     * it.
     */
    async firstSeen(
      account: string,
      paymentMethod: string,
      customerId: string | undefined,
      at: string,
    ): Promise<string> {
      noteCard(account, paymentMethod, customerId, at);
      await file.durable();
      return state.card(account, paymentMethod, customerId ?? '')?.at ?? at;
    },

    /** Appends that an event's delivery has ended. Lost in a crash, the event is sent once more. */
    settleEvent: (event: LedgerItem, outcome: 'delivered' | 'abandoned') =>
      append({ type: 'webhook', account: event.account, eventSeq: event.seq, outcome }),

    /**
     * Empties the account: charges, keys, cards seen and events owed. A call under way may still add to what is begun
     * anew.
     */
    async reset(account: string): Promise<void> {
      for (const scopedKey of refusals.keys()) if (scopedKey.startsWith(`${account} `)) refusals.delete(scopedKey);
      return append({ type: 'reset', account });
    },

    durable: () => file.durable(),
    state: state as Pick<typeof state, 'operation' | 'authorisation' | 'authorisationByAction' | 'page' | 'owedEvents'>,
    close: () => file.close(),
  };

  function noteCard(account: string, paymentMethod: string, customerId = '', at: string): void {
    if (!cardBehaviour(paymentMethod)?.expiresNextMonth || state.card(account, paymentMethod, customerId)) return;
    // durable() reports the failure.
    append({ type: 'card', account, paymentMethod, customerId, at }).catch(() => undefined);
  }
}

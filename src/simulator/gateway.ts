import { join } from 'node:path';
import { cardBehaviour } from './card-behaviour';
import type { Fault } from './card-behaviour';
import { percentile } from './chaos';
import type { Chaos } from './chaos';
import { decideOperation } from './gateway-operations';
import type { OperationRequest } from './gateway-operations';
import { createGatewayState } from './gateway-state';
import type { Authorisation, LedgerItem } from './gateway-state';
import { openLedgerFile } from './ledger-file';
import type { LedgerRecord, NewRecord, OperationRecord } from './ledger-record';
import { RequestRefused } from './request-refused';

export type Gateway = Awaited<ReturnType<typeof openGateway>>;

/** Refused keys that are remembered; a key that is forgotten is refused once more. */
const MAX_REFUSALS = 10_000;

export interface OpenGatewayInput {
  dataDir: string;
  chaos: () => Chaos;
  /** An account of this many calls, decisions and cards seen takes no new authorisations. */
  maxAccountSize: number;
  /** Called with every event once it is on disk. */
  onEvent: (item: LedgerItem) => void;
}

/**
 * Opens the simulator's books. A decision is applied in memory and appended to the ledger in one synchronous step, and
 * is visible to no caller before it is on disk. A crash can therefore lose only decisions that were never acknowledged.
 */
export async function openGateway({ dataDir, chaos, maxAccountSize, onEvent }: OpenGatewayInput) {
  const state = createGatewayState();
  const file = await openLedgerFile({
    path: join(dataDir, 'ledger.jsonl'),
    onRecord: (record) => state.apply(record as LedgerRecord),
  });
  const refusals = new Map<string, number>();

  /** Resolves once the record is on disk and its event, if any, has been passed to `onEvent`. */
  const append = async (record: NewRecord): Promise<void> => {
    const positioned: LedgerRecord = { seq: state.nextSeq(), recordedAt: new Date().toISOString(), ...record };
    const item = state.apply(positioned);
    await file.append(positioned);
    if (item && item.outcome !== 'rejected') onEvent(item);
  };

  /**
   * Returns true when this key's call gets one more 503. Counted in memory: a restart may add refusals, never effects.
   */
  const isUnavailable = ({ account, key }: OperationRequest, paymentMethod: string): boolean => {
    const { seed, unavailablePercent } = chaos();
    const times =
      cardBehaviour(paymentMethod)?.unavailableTimes ??
      (percentile(seed, 'unavailable', account, key) < unavailablePercent ? 1 : 0);
    const scopedKey = `${account} ${key}`;
    const refused = refusals.get(scopedKey) ?? 0;
    if (refused === 0 && refusals.size >= MAX_REFUSALS) refusals.delete(refusals.keys().next().value ?? '');
    if (refused < times) refusals.set(scopedKey, refused + 1);
    else refusals.delete(scopedKey);
    return refused < times;
  };

  return {
    /**
     * Carries out a request, once per account and key. `fault` is the fault of the response to simulate, `none` for a
     * repeat.
     *
     * @throws RequestRefused 422 when the key was used for another request, 503 without any effect.
     */
    async operate(request: OperationRequest): Promise<{ record: OperationRecord; replayed: boolean; fault: Fault }> {
      const known = state.operation(request.account, request.key);
      if (known) {
        if (known.fingerprint !== request.fingerprint) {
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
        request.paymentMethod ??
        state.authorisation(request.account, request.authorisationId ?? '')?.record.paymentMethod ??
        '';
      if (isUnavailable(request, paymentMethod))
        throw new RequestRefused(503, 'unavailable', 'The gateway is overloaded; nothing was done');
      recordCard(request.account, paymentMethod, request.customerId, request.at);
      const written = append(decideOperation({ request, state, chaos: chaos(), maxAccountSize }));
      const record = state.operation(request.account, request.key) as OperationRecord;
      await written;
      const { seed, timeoutAfterChargePercent } = chaos();
      const timesOut = percentile(seed, 'timeout', request.account, request.key) < timeoutAfterChargePercent;
      return {
        record,
        replayed: false,
        fault: timesOut ? 'timeout' : (cardBehaviour(paymentMethod)?.faults?.[request.operation] ?? 'none'),
      };
    },

    /**
     * Records the customer's decision. The first decision stands; later decisions, and a decision after a void, change
     * nothing.
     */
    async act(authorisation: Authorisation, decision: 'approve' | 'decline'): Promise<void> {
      if (authorisation.state !== 'requires_action') return file.durable();
      const { account, authorisationId, at, recordedAt } = authorisation.record;
      // The customer has no business clock: the time is that of the authorisation plus the real time that the customer
      // took.
      const decidedAt = new Date(Date.parse(at) + Math.max(0, Date.now() - Date.parse(recordedAt))).toISOString();
      return append({ type: 'action', account, authorisationId, decision, at: decidedAt });
    },

    /**
     * Returns the time at which the card was first seen with this customer; the present for a card never seen. Recorded
     * where the card's facts depend on it.
     */
    async firstSeen(
      account: string,
      paymentMethod: string,
      customerId: string | undefined,
      at: string,
    ): Promise<string> {
      recordCard(account, paymentMethod, customerId, at);
      await file.durable();
      return state.card(account, paymentMethod, customerId ?? '')?.at ?? at;
    },

    /** Appends the end of an event's delivery. If the line is lost in a crash, the event is sent once more. */
    settleEvent: (event: LedgerItem, outcome: 'delivered' | 'abandoned') =>
      append({ type: 'webhook', account: event.account, eventSeq: event.seq, outcome }),

    /**
     * Deletes the account's charges, keys, cards seen and undelivered events. A call under way may still add to the
     * emptied account.
     */
    async reset(account: string): Promise<void> {
      for (const scopedKey of refusals.keys()) if (scopedKey.startsWith(`${account} `)) refusals.delete(scopedKey);
      return append({ type: 'reset', account });
    },

    durable: () => file.durable(),
    state: state as Pick<
      typeof state,
      'operation' | 'authorisation' | 'authorisationByAction' | 'page' | 'undeliveredEvents'
    >,
    close: () => file.close(),
  };

  function recordCard(account: string, paymentMethod: string, customerId = '', at: string): void {
    if (!cardBehaviour(paymentMethod)?.expiresNextMonth || state.card(account, paymentMethod, customerId)) return;
    if (state.sizeOf(account) >= maxAccountSize) return;
    // durable() reports the failure.
    append({ type: 'card', account, paymentMethod, customerId, at }).catch(() => undefined);
  }
}

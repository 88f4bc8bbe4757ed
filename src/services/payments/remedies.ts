import { cancelPaymentSignal, gatewayReported, type PaymentUndoing } from '../../contracts/payments/payment';
import { paymentProcess, refundProcess } from '../../contracts/payments/process';
import { startOf } from '../../contracts/process';
import { DomainError } from '../../domain/domain-error';
import { applyStep } from '../apply-step';
import { aboutItem, findStuck, restartOf, type RemedyDependencies, type StuckRemedy } from '../operator/stuck-remedy';
import { comparePayment, compareRefund } from './compare-with-books';
import { isReleased, undoReleasedPayment } from './undo-released-payment';

const CLOSED_BY_OPERATOR = 'closed_by_operator';

const paymentRemedy = ({ database }: RemedyDependencies): StuckRemedy => ({
  restart: restartOf(database, paymentProcess),

  /** Only the gateway can confirm that nothing is held, so a new run voids the payment and then ends it. */
  async close({ reason, ...input }) {
    const payment = await findStuck({ database }, 'payment', input);
    const undoing: PaymentUndoing = payment.undoing ?? { towards: 'cancelled', reason: CLOSED_BY_OPERATOR };
    await applyStep(
      database,
      {
        ...aboutItem(input),
        step: `close/${input.item._id}`,
        from: paymentProcess.openStates,
        set: { chain: null, undoing },
        event: { type: 'payment.closed', data: { reason } },
        starts: [startOf({ process: paymentProcess, entity: payment, restart: true })],
      },
      input.session,
    );
  },

  /**
   * A parent's payment has no process while its parent waits before the next query: nobody would perform a look-up now.
   */
  async lookUp(input) {
    if (isReleased(await findStuck({ database }, 'payment', input)))
      throw new DomainError(
        'ILLEGAL_STATE',
        'No process of this payment waits now: its subscription looks the payment up by itself, within the hour; ' +
          'close the item to give the payment up',
      );
    return { name: gatewayReported.name };
  },

  compareWithBooks: ({ item: { tenantId, entityId: paymentId }, session }) =>
    comparePayment({ database, session, tenantId, paymentId }),

  async giveUp(input) {
    const { item, by, at, session } = input;
    const step = `close/${item._id}`;
    const payment = await findStuck({ database }, 'payment', input);
    if (!isReleased(payment)) return { name: cancelPaymentSignal.name, args: [{ commandId: step, by }] };
    // No process of a subscription's payment waits: the next run finds the undoing to do.
    if (payment.undoing === null)
      await undoReleasedPayment({ database, session, payment, step, reason: CLOSED_BY_OPERATOR, by, at });
    return null;
  },
});

const refundRemedy = ({ database }: RemedyDependencies): StuckRemedy => ({
  restart: restartOf(database, refundProcess),
  lookUp: () => Promise.resolve({ name: gatewayReported.name }),
  compareWithBooks: ({ item: { tenantId, entityId: refundId }, session }) =>
    compareRefund({ database, session, tenantId, refundId }),
  close: () =>
    Promise.reject(
      new DomainError('ILLEGAL_STATE', 'A refund that was accepted is owed and cannot be given up; restart it'),
    ),
});

export const paymentRemedies = (dependencies: RemedyDependencies) => ({
  payment: paymentRemedy(dependencies),
  refund: refundRemedy(dependencies),
});

import { planCancelRefund, type RefundSource } from './cancel-refund';
import { moneyOf } from '../money';

const eur = (amountMinor: number) => moneyOf(amountMinor, 'EUR');
const current = (paymentId: string, left: number): RefundSource => ({ paymentId, left: eur(left), isCurrent: true });
const earlier = (paymentId: string, left: number): RefundSource => ({ paymentId, left: eur(left), isCurrent: false });
const plan = (
  { unused = 0, paidByCredit = 0, credit = 0 }: { unused?: number; paidByCredit?: number; credit?: number },
  ...sources: RefundSource[]
) => {
  const { refunds, creditBalance } = planCancelRefund({
    unused: eur(unused),
    paidByCredit: eur(paidByCredit),
    credit: eur(credit),
    sources,
  });
  return [
    Object.fromEntries(refunds.map(({ paymentId, amount }) => [paymentId, amount.amountMinor])),
    creditBalance.amountMinor,
  ];
};

describe('a prorated refund', () => {
  test('refunds the unused part and the credit, the latest payment first, each once', () => {
    expect(plan({ unused: 500, credit: 1000 }, current('b', 700), current('a', 2300))).toEqual([{ b: 700, a: 800 }, 0]);
  });

  test('takes credit, and time that was paid with it, from payments for past periods', () => {
    expect(plan({ credit: 500 }, earlier('a', 1000))).toEqual([{ a: 500 }, 0]);
    expect(plan({ unused: 50, paidByCredit: 100, credit: 400 }, earlier('a', 1000))).toEqual([{ a: 450 }, 0]);
  });

  test('refunds time once: another payment does not replace one refunded manually', () => {
    expect(plan({ unused: 500 }, current('b', 0), earlier('a', 1000))).toEqual([{}, 0]);
    expect(plan({ unused: 500 }, current('b', 200), earlier('a', 1000))).toEqual([{ b: 200 }, 0]);
  });

  test('leaves the credit that no payment is left for', () => {
    expect(plan({ unused: 300, credit: 1000 }, current('b', 300), earlier('a', 400))).toEqual([
      { b: 300, a: 400 },
      600,
    ]);
    expect(plan({ credit: 1000 })).toEqual([{}, 1000]);
  });
});

import { compareWithGateway, type GatewayLine, type OwnLine } from './gateway-comparison';

const theirs: GatewayLine[] = [
  { key: 'pay_1:authorise:1', event: 'authorise', authorisationId: 'a1', amountMinor: 500, currency: 'EUR' },
  { key: 'pay_1:capture:1', event: 'capture', authorisationId: 'a1', amountMinor: 500, currency: 'EUR' },
  { key: 'rfd_1:refund:1', event: 'refund', authorisationId: 'a1', amountMinor: 200, currency: 'EUR' },
];
const ours: OwnLine[] = theirs.map(({ key, event, amountMinor, currency }) => ({ key, event, amountMinor, currency }));
const asked = new Map(
  [...ours, { key: 'pay_2:void:1', amountMinor: 5, currency: 'EUR' }].map(({ key, amountMinor, currency }) => [
    key,
    { amountMinor, currency },
  ]),
);
const comparison = (input: { theirs?: GatewayLine[]; ours?: OwnLine[]; unsettled?: string[]; waived?: string[] }) =>
  compareWithGateway({
    theirs: input.theirs ?? theirs,
    ours: input.ours ?? ours,
    asked,
    unsettled: new Set(input.unsettled),
    waived: new Set(input.waived),
  });
const compare = (input: Parameters<typeof comparison>[0]) =>
  comparison(input).differences.map(({ key, detail }) => `${key}: ${detail}`);

describe("comparing our books with the gateway's", () => {
  it('finds nothing where both agree', () => expect(compare({})).toEqual([]));

  it('finds a charge that was not booked, unless its process is still running', () => {
    expect(compare({ ours: ours.slice(0, 2) })).toEqual([
      'rfd_1:refund:1: the gateway has it (refund), our books do not',
    ]);
    expect(compare({ ours: ours.slice(0, 2), unsettled: ['rfd_1'] })).toEqual([]);
  });

  it('finds a booking that was not charged, whatever the process is doing', () => {
    expect(compare({ theirs: theirs.slice(0, 2), unsettled: ['rfd_1'] })).toEqual([
      'rfd_1:refund:1: our books have it, the gateway does not',
    ]);
  });

  it('finds another amount, another currency, and a repeated call', () => {
    expect(
      compare({ ours: [{ ...ours[0]!, amountMinor: 499 }, { ...ours[1]!, currency: 'USD' }, ours[2]!] }),
    ).toHaveLength(2);
    expect(compare({ theirs: [...theirs, theirs[1]!] })).toEqual([
      'pay_1:capture:1: the gateway did it twice (capture)',
    ]);
  });

  it('finds another amount than was asked for, even while the process is running', () => {
    const cent = theirs.map((line) => (line.event === 'capture' ? { ...line, amountMinor: 1 } : line));
    expect(compare({ theirs: cent, ours: ours.slice(0, 1), unsettled: ['pay_1', 'rfd_1'] })).toEqual([
      'pay_1:capture:1: we asked for 500 EUR (capture)',
    ]);
  });

  it('lists a line that no call of ours made as foreign, and compares the others', () => {
    const strange = ['', 'x', 'pay_1', 'pay_1:dashboard', 'pay_1:capture:2', ':::'].map((key) => ({
      ...theirs[1]!,
      key,
    }));
    const { differences, foreign } = comparison({ theirs: [...strange, ...theirs], unsettled: ['pay_1'] });
    expect(differences).toEqual([]);
    expect(foreign).toEqual(strange);
  });

  it("accepts an operator's waiver for a hold that was never released, but not for money", () => {
    const voided: OwnLine = { key: 'pay_2:void:1', event: 'void', amountMinor: 5, currency: 'EUR' };
    expect(compare({ ours: [...ours, voided] })).toEqual(['pay_2:void:1: our books have it, the gateway does not']);
    expect(compare({ ours: [...ours, voided], waived: ['pay_2'] })).toEqual([]);
    expect(compare({ theirs: theirs.slice(0, 2), waived: ['rfd_1'] })).toHaveLength(1);
  });

  it('ignores a void of an authorisation that was never held', () => {
    const voided: GatewayLine = {
      key: 'pay_2:void:1',
      event: 'void',
      authorisationId: 'a2',
      amountMinor: 5,
      currency: 'EUR',
    };
    expect(compare({ theirs: [...theirs, voided] })).toEqual([]);
    expect(compare({ theirs: [...theirs, { ...voided, authorisationId: 'a1' }] })).toHaveLength(1);
  });
});

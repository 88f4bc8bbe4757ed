import type { FakeAnswer, FakeRequest } from './fake-stripe';

/** The behaviour of a test card, by the first part of its token: `pm_action_7` is a card `pm_action`. */
type Card = 'ok' | 'action' | 'action_always' | 'declined' | 'unsavable';

interface Method {
  id: string;
  card: Card;
  customer: string | null;
  /** Charged without being saved: Stripe never takes it again. */
  used: boolean;
  /** The customer has confirmed once that the card may be charged in their absence. */
  authenticated: boolean;
}

interface Intent {
  id: string;
  object: 'payment_intent' | 'setup_intent';
  status: string;
  method: Method;
  customer: string | null;
  saves: boolean;
  fields: Record<string, unknown>;
}

/** A call that Stripe refuses. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: Record<string, unknown>,
  ) {
    super(String(error.message));
  }
}

const invalid = (message: string, more: object = {}) =>
  new Refusal(400, { type: 'invalid_request_error', message, ...more });

const USED =
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a ' +
  'connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use ' +
  'a PaymentMethod multiple times, you must attach it to a Customer first.';

/**
 * Stripe's books, as far as they decide about customers and saved payment methods; with the rules by which Stripe
 * refuses. Sources: docs.stripe.com/payments/save-and-reuse, docs.stripe.com/payments/save-during-payment,
 * docs.stripe.com/testing (the cards 4242, 3155, 3184 and 0341).
 *
 * Cards: `pm_ok`; `pm_action` asks the customer until it is saved; `pm_action_always` asks at every charge;
 * `pm_declined` is saved and then declined; `pm_unsavable` is declined when it is saved.
 */
export class StripeBooks {
  readonly intents = new Map<string, Intent>();
  private readonly methods = new Map<string, Method>();
  private readonly customers = new Set<string>();
  private readonly kept = new Map<string, { request: string; answer: FakeAnswer }>();

  /** Answers a request; under a key only once. */
  readonly respond = (request: FakeRequest): FakeAnswer => {
    const { idempotencyKey: key } = request;
    const sent = `${request.method} ${request.path} ${request.form.toString()}`;
    const earlier = key === undefined ? undefined : this.kept.get(key);
    if (earlier && earlier.request !== sent)
      return refusalOf(new Refusal(400, { type: 'idempotency_error', message: 'Keys for idempotent requests …' }));
    const answer = earlier?.answer ?? this.answerOnce(request);
    if (key !== undefined) this.kept.set(key, { request: sent, answer });
    return answer;
  };

  /** The customer confirms at the bank's page, or fails to. */
  act(intentId: string, decision: 'confirm' | 'fail'): void {
    const intent = this.intents.get(intentId)!;
    intent.method.authenticated = decision === 'confirm';
    if (decision === 'confirm') this.succeed(intent);
    else this.decline(intent, { code: 'payment_intent_authentication_failure' });
  }

  private answerOnce(request: FakeRequest): FakeAnswer {
    try {
      return { status: 200, body: this.carryOut(request) };
    } catch (error) {
      if (error instanceof Refusal) return refusalOf(error);
      throw error;
    }
  }

  private carryOut({ method, path, form, query }: FakeRequest): object {
    const [, , resource = '', id, verb] = path.split('/');
    switch (`${method} ${[resource, id && '*', verb].filter(Boolean).join('/')}`) {
      case 'POST customers':
        return this.createCustomer(form);
      case 'GET payment_methods/*':
        return presentMethod(this.methodOf(id ?? '', 404));
      case 'POST setup_intents':
        return this.createIntent('setup_intent', form);
      case 'POST payment_intents':
        return this.createIntent('payment_intent', form);
      case 'GET payment_intents/*':
        if (id === 'search') return { object: 'search_result', data: this.search(query), has_more: false };
        return presentIntent(this.intentOf(id ?? ''));
      case 'POST payment_intents/*/confirm':
        return this.confirm(this.intentOf(id ?? ''), false);
      case 'POST payment_intents/*/capture':
        return this.capture(this.intentOf(id ?? ''), form);
      case 'POST payment_intents/*/cancel':
        return presentIntent(Object.assign(this.intentOf(id ?? ''), { status: 'canceled' }));
      default:
        throw new Refusal(404, { type: 'invalid_request_error', message: `Unrecognized request URL ${path}` });
    }
  }

  private createCustomer(form: URLSearchParams): object {
    const id = `cus_${this.customers.size + 1}`;
    this.customers.add(id);
    return { id, object: 'customer', metadata: metadataOf(form) };
  }

  private methodOf(id: string, status = 400): Method {
    const card = /^pm_(ok|action_always|action|declined|unsavable)(_|$)/.exec(id)?.[1] as Card | undefined;
    if (!card)
      throw new Refusal(status, {
        type: 'invalid_request_error',
        code: 'resource_missing',
        param: 'payment_method',
        message: `No such PaymentMethod: '${id}'`,
      });
    const known = this.methods.get(id) ?? { id, card, customer: null, used: false, authenticated: false };
    this.methods.set(id, known);
    return known;
  }

  private createIntent(object: Intent['object'], form: URLSearchParams): object {
    const method = this.methodOf(form.get('payment_method') ?? '');
    const customer = form.get('customer');
    if (customer && !this.customers.has(customer))
      throw invalid(`No such customer: '${customer}'`, { code: 'resource_missing', param: 'customer' });
    const isSetup = object === 'setup_intent';
    const saves = isSetup || form.has('setup_future_usage');
    const offSession = form.get('off_session') === 'true';
    if (method.used) throw invalid(USED);
    if (method.customer && method.customer !== customer)
      throw invalid(
        `The payment method supplied (${method.id}) belongs to a Customer. Please include the Customer in the ` +
          '`customer` parameter.',
        { param: 'payment_method' },
      );
    if (offSession && form.has('setup_future_usage'))
      throw invalid(
        'You cannot confirm with the `off_session` parameter when `setup_future_usage` is also set on the ' +
          'PaymentIntent because you cannot set up future usages when processing payments off-session.',
      );
    const intent: Intent = {
      id: `${isSetup ? 'seti' : 'pi'}_${this.intents.size + 1}`,
      object,
      status: 'requires_confirmation',
      method,
      customer,
      saves,
      fields: {
        amount: Number(form.get('amount') ?? 0),
        amount_received: 0,
        currency: form.get('currency') ?? null,
        metadata: metadataOf(form),
      },
    };
    this.intents.set(intent.id, intent);
    return this.confirm(intent, offSession);
  }

  private confirm(intent: Intent, offSession: boolean): object {
    const { card, customer, authenticated } = intent.method;
    const isSetup = intent.object === 'setup_intent';
    if (card === (isSetup ? 'unsavable' : 'declined'))
      throw this.decline(intent, { code: 'card_declined', decline_code: 'generic_decline' });
    const asks = card === 'action_always' || (card === 'action' && !(authenticated && customer));
    if (asks && offSession) throw this.decline(intent, { code: 'authentication_required' });
    if (!asks) return this.succeed(intent);
    intent.status = 'requires_action';
    intent.fields.next_action = {
      type: 'redirect_to_url',
      redirect_to_url: { url: `https://bank.example/confirm/${intent.id}` },
    };
    return presentIntent(intent);
  }

  private succeed(intent: Intent): object {
    const { method, customer, saves } = intent;
    if (saves) method.customer = customer;
    method.used = method.customer === null && intent.object === 'payment_intent';
    intent.status = intent.object === 'setup_intent' ? 'succeeded' : 'requires_capture';
    intent.fields.amount_capturable = intent.fields.amount;
    delete intent.fields.next_action;
    return presentIntent(intent);
  }

  private decline(intent: Intent, error: object): Refusal {
    intent.status = 'requires_payment_method';
    intent.fields.last_payment_error = error;
    const { id, object, status } = intent;
    return new Refusal(402, { type: 'card_error', message: 'Declined', ...error, [object]: { id, object, status } });
  }

  private capture(intent: Intent, form: URLSearchParams): object {
    const amount = Number(form.get('amount_to_capture') ?? intent.fields.amount);
    Object.assign(intent.fields.metadata as object, metadataOf(form));
    intent.fields.amount_received = amount;
    intent.status = 'succeeded';
    return presentIntent(intent);
  }

  private intentOf(id: string): Intent {
    const intent = this.intents.get(id);
    if (!intent) throw new Refusal(404, { type: 'invalid_request_error', code: 'resource_missing', message: id });
    return intent;
  }

  private search(query: URLSearchParams): object[] {
    const key = /"([^"]*)"$/.exec(query.get('query') ?? '')?.[1];
    return [...this.intents.values()]
      .filter(({ fields }) => (fields.metadata as Record<string, string>).idempotency_key === key)
      .map(presentIntent);
  }
}

const refusalOf = ({ status, error }: Refusal): FakeAnswer => ({ status, body: { error } });

function presentMethod({ id, customer }: Method): object {
  const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2040, funding: 'credit' };
  return { id, object: 'payment_method', type: 'card', customer, card };
}

const presentIntent = ({ id, object, status, customer, method, fields }: Intent): object => ({
  id,
  object,
  status,
  customer,
  payment_method: method.id,
  latest_charge: ['requires_capture', 'succeeded'].includes(status) ? `ch_${id}` : null,
  ...fields,
});

function metadataOf(form: URLSearchParams): Record<string, string> {
  const entries = [...form].flatMap(([name, value]) => {
    const field = /^metadata\[(.*)\]$/.exec(name)?.[1];
    return field === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(entries);
}

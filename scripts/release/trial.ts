/** What a new simulated gateway is tried with in place of its own: other ports, and a place that takes no webhooks. */
export const TRIAL = { SANDBOX_PORT: '0', SANDBOX_PAGES_PORT: '0', SANDBOX_WEBHOOK_URL: 'http://127.0.0.1:2' };

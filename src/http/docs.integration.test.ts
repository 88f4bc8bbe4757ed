import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import request from 'supertest';
import { signVerificationToken } from '../contracts/verification-token';
import { startTestApi, TOKEN_SECRET, type TestApi } from '../testing/test-api';
import { readContractText } from '../assets';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

describe('the docs', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.stop());

  it('serves the contract as it is written, and as JSON', async () => {
    const yaml = await request(api.origin).get('/openapi.yaml').buffer(true);
    expect([yaml.status, yaml.text]).toEqual([200, readContractText()]);
    expect((await request(api.origin).get('/openapi.json')).body.openapi).toBe('3.1.0');
  });

  it('leads to Swagger UI, whose files are kept for good and nothing else can be read', async () => {
    expect((await request(api.origin).get('/')).headers.location).toBe('/docs');
    const page = await request(api.origin).get('/docs');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    const [script = ''] = page.text.match(/\/docs\/[\d.]+\/swagger-ui-bundle\.js/) ?? [];
    expect((await request(api.origin).get(script)).headers['cache-control']).toContain('immutable');
    for (const path of [script.replace('swagger-ui-bundle.js', 'package.json'), script.replace('swagger-ui-bundle.js', '..%2f..%2fpackage.json')]) expect((await request(api.origin).get(path)).status).toBe(404);
  });

  const inBrowser = existsSync(CHROMIUM) ? it : it.skip;

  inBrowser('works in a browser under its policy: with a key, "Try it out" answers; the verification page verifies', async () => {
    const { key } = await api.newTenant();
    const { body: onboarding } = await api.call('post', '/onboardings', key).send({ email: 'b@example.com', name: 'B', locale: 'en' });
    await api.database.models.onboardings.updateOne({ _id: onboarding.id }, { $set: { state: 'awaiting_verification', verification: { generation: 1, expiresAt: new Date(Date.now() + 60_000), resentAt: [], verifiedAt: null } } });
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (/Content Security Policy|Content-Security-Policy/.test(message.text())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${api.origin}/docs`);
      await page.locator('.authorize').first().click();
      await page.getByLabel('Value:').or(page.locator('.auth-container input')).first().fill(key);
      await page.locator('.auth-btn-wrapper .authorize').click();
      await page.locator('.auth-btn-wrapper .btn-done').click();
      await page.locator('#operations-Account-getMe .opblock-summary-control').click();
      await page.locator('#operations-Account-getMe .execute').click();
      await page.locator('#operations-Account-getMe .live-responses-table .response-col_status', { hasText: '200' }).waitFor({ timeout: 10_000 });
      // One intention after the other, as a newcomer clicks them; a key of one's own is sent as it was typed.
      const execute = async (operation: string, ownKey?: string): Promise<string> => {
        const block = page.locator(`#operations-${operation}`);
        if (!(await block.locator('.execute').isVisible())) await block.locator('.opblock-summary-control').click();
        if (ownKey !== undefined) await block.locator('tr[data-param-name="Idempotency-Key"] input').fill(ownKey);
        if (await block.locator('.btn-clear').isVisible()) await block.locator('.btn-clear').click();
        const answered = page.waitForResponse((response) => response.request().method() === 'POST');
        await block.locator('.execute').click();
        return `${(await answered).status()} ${(await answered).headers()['idempotent-replayed'] ?? 'new'}`;
      };
      expect([await execute('Subscriptions-createPlan'), await execute('Subscriptions-createPlan'), await execute('Payments-createPayment')]).toEqual(['201 new', '201 new', '202 new']);
      expect([await execute('Subscriptions-createPlan', 'mine'), await execute('Subscriptions-createPlan')]).toEqual(['201 new', '201 true']);
      await page.reload();
      await page.locator('.authorize.locked, .authorize .locked').first().waitFor({ timeout: 10_000 });

      await page.goto(`${api.origin}/api/v1/verify/${signVerificationToken({ secret: TOKEN_SECRET, onboardingId: onboarding.id, generation: 1 })}`);
      await page.getByRole('button', { name: 'Confirm address' }).click();
      await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor({ timeout: 10_000 });
      expect(await page.evaluate('getComputedStyle(document.querySelector("main")).maxWidth')).not.toBe('none');
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
    expect(api.commands).toHaveLength(1);
  });
});

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { newAddress, newestToken, onboardUntilAccepted, untilState } from '../../src/testing/worlds/onboard';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { enrolPartner } from '../../src/testing/platform/partner-app';
import { checkoutRoot } from '../../src/testing/servers/servers';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
// Skipped visibly without a browser; CI installs one.
const withBrowser = executablePath ? describe : describe.skip;

withBrowser('in a real browser', () => {
  let platform: Platform;
  let partner: Awaited<ReturnType<typeof enrolPartner>>;
  let browser: Browser;
  const pictures = join(checkoutRoot(__dirname), '.platform-test', 'pictures');

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    platform = await startPlatform({ name: 'browser' });
    partner = await enrolPartner(platform);
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  /** Opens a page, and collects its errors and violations of the content security policy. */
  const openPage = async (): Promise<{ page: Page; complaints: string[] }> => {
    const context = await browser.newContext();
    // It ends what hangs; pages of a busy machine take their time.
    context.setDefaultTimeout(120_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !/favicon/.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return { page, complaints };
  };

  it('Swagger UI works with a key: authorise, GET /me, POST under keys, what it keeps, no violations', async () => {
    const { page, complaints } = await openPage();
    await page.goto(`${platform.origin}/docs`);
    await page.click('button.authorize');
    await page.fill('.auth-container input', partner.apiKey);
    await page.click('.auth-btn-wrapper button.authorize');
    await page.click('.auth-btn-wrapper .btn-done');
    await page.click('#operations-Partners-getMe .opblock-summary-control');
    await page.click('#operations-Partners-getMe .execute');
    const body = page
      .locator('#operations-Partners-getMe .live-responses-table .response-col_description .highlight-code')
      .first();
    await body.waitFor({ timeout: 60_000 });
    expect(await body.innerText()).toContain('"mode": "sandbox"');
    await page.screenshot({ path: join(pictures, 'swagger.png'), fullPage: false });

    // Each click of Execute is a new intention with a new key; a typed key is sent unchanged.
    const execute = async (operation: string, ownKey?: string): Promise<string> => {
      const block = page.locator(`#operations-${operation}`);
      if (!(await block.locator('.execute').isVisible())) await block.locator('.opblock-summary-control').click();
      if (ownKey !== undefined) await block.locator('tr[data-param-name="Idempotency-Key"] input').fill(ownKey);
      if (await block.locator('.btn-clear').isVisible()) await block.locator('.btn-clear').click();
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await block.locator('.execute').click();
      return `${(await answered).status()} ${(await answered).headers()['idempotent-replayed'] ?? 'new'}`;
    };
    expect([
      await execute('Subscriptions-createPlan'),
      await execute('Subscriptions-createPlan'),
      await execute('Payments-createPayment'),
    ]).toEqual(['201 new', '201 new', '202 new']);
    expect([await execute('Subscriptions-createPlan', 'mine'), await execute('Subscriptions-createPlan')]).toEqual([
      '201 new',
      '201 true',
    ]);
    const lock = (tab: Page, state: 'locked' | 'unlocked') =>
      tab.locator(`.authorize.${state}, .authorize .${state}`).first().waitFor({ timeout: 60_000 });
    await page.reload();
    await lock(page, 'locked');
    // Another tab is another session.
    const another = await page.context().newPage();
    await another.goto(`${platform.origin}/docs`);
    await lock(another, 'unlocked');
    await page.check('#keep-keys');
    await another.reload();
    await lock(another, 'locked');
    expect(await another.isChecked('#keep-keys')).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('the verification page verifies by its button, not when it is opened, and shows the state', async () => {
    const email = newAddress();
    const body = await onboardUntilAccepted(partner.app, { email });
    const token = await newestToken({ webUrl: platform.servers.mail.webUrl, to: email });
    const link = `${platform.api}/verify/${token}`;
    await fetch(link); // A mail scanner follows the link first.
    const { page, complaints } = await openPage();
    await page.goto(link);
    expect(await page.locator('button').count()).toBe(1);
    await page.screenshot({ path: join(pictures, 'verify-valid.png') });
    expect((await untilState(partner.app, body.id, 'awaiting_verification')).state).toBe('awaiting_verification');
    await page.getByRole('button', { name: 'Confirm address' }).click();
    await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor({ timeout: 60_000 });
    await untilState(partner.app, body.id, 'awaiting_profile');
    expect(await page.evaluate('getComputedStyle(document.querySelector("main")).maxWidth')).not.toBe('none');
    await page.screenshot({ path: join(pictures, 'verify-done.png') });
    await page.goto(link);
    expect(await page.locator('button').count()).toBe(0);
    await page.screenshot({ path: join(pictures, 'verify-used.png') });
    await page.goto(`${platform.api}/verify/${token.slice(0, -3)}abc`);
    expect(await page.locator('button').count()).toBe(0);
    await page.screenshot({ path: join(pictures, 'verify-forged.png') });
    expect(complaints.filter((text) => !/404|status of 4/.test(text))).toEqual([]);
    await page.close();
  });
});

import { authorise, get, ledger, post, start, stop } from './gateway-under-test';

describe('the page of pm_requires_action', () => {
  const press = (url: string, decision: string) =>
    fetch(url, { method: 'POST', body: new URLSearchParams({ decision }), redirect: 'manual' });

  test('settles the authorisation once; the first decision stands', async () => {
    const gateway = await start();
    const { body } = await authorise(gateway, 'k', 'pm_requires_action', { description: '<script>alert(1)</script>' });
    const { url } = body.nextAction as { url: string };
    expect((await post(gateway, `/v1/authorisations/${body.id}/capture`, 'early')).body.reason).toBe('not_authorised');

    const page = await fetch(url);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).toContain('<dd>10.00 EUR</dd>');
    expect(html).toContain('value="approve"');
    expect(html).not.toContain('<script');

    expect((await press(url, 'approve')).status).toBe(303);
    await press(url, 'decline');
    expect(await (await fetch(url)).text()).toContain('You approved');
    expect((await get(gateway, '/v1/charges?key=k')).body).toMatchObject({ status: 'authorised' });
    expect(
      (await authorise(gateway, 'k', 'pm_requires_action', { description: '<script>alert(1)</script>' })).body,
    ).toEqual(body);
    expect((await post(gateway, `/v1/authorisations/${body.id}/capture`, 'c')).status).toBe(201);
    expect((await ledger(gateway)).map(({ outcome }) => outcome)).toEqual([
      'requires_action',
      'rejected',
      'authorised',
      'captured',
    ]);
  });

  test('after a void the page can change nothing, also after a restart', async () => {
    const gateway = await start();
    const { body } = await authorise(gateway, 'k', 'pm_requires_action');
    await post(gateway, `/v1/authorisations/${body.id}/void`, 'v');
    const { pathname } = new URL((body.nextAction as { url: string }).url);
    await stop(gateway);
    const again = await start();
    await press(`${again.pagesUrl}${pathname}`, 'approve');
    expect((await get(again, '/v1/charges?key=k')).body).toMatchObject({ status: 'declined', reason: 'voided' });
  });
});

import request from 'supertest';
import { startTestApi, type TestApi } from '../../testing/test-api';
import { readContractText } from '../../assets';

describe('the docs', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.stop());

  it('serve the contract unchanged, and as JSON', async () => {
    const yaml = await request(api.origin).get('/openapi.yaml').buffer(true);
    expect([yaml.status, yaml.text]).toEqual([200, readContractText()]);
    expect((await request(api.origin).get('/openapi.json')).body.openapi).toBe('3.1.0');
  });

  it('lead to Swagger UI, whose files are cached for good, and expose no other file', async () => {
    expect((await request(api.origin).get('/')).headers.location).toBe('/docs');
    const page = await request(api.origin).get('/docs');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    const [script = ''] = page.text.match(/\/docs\/[\d.]+\/swagger-ui-bundle\.js/) ?? [];
    expect((await request(api.origin).get(script)).headers['cache-control']).toContain('immutable');
    for (const path of [
      script.replace('swagger-ui-bundle.js', 'package.json'),
      script.replace('swagger-ui-bundle.js', '..%2f..%2fpackage.json'),
    ])
      expect((await request(api.origin).get(path)).status).toBe(404);
  });
});

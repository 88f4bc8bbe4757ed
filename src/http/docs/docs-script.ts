/**
 * Returns the script that starts Swagger UI.
 *
 * 1. API keys outlive a reload, but not the session, unless the box is ticked. (`persistAuthorization` would keep them
 *    on the device for good, under `authorized`; a page that had it set is cleaned up after.) The box acts once the
 *    kept keys are restored: until then Swagger UI has none, and saving those would erase the kept ones.
 * 2. Swagger UI fills the contract's example into every form. Sent unchanged, the second click would reuse the
 *    Idempotency-Key of the first, so a new key replaces the example. `randomUUID` exists only under https and on
 *    localhost.
 */
export const docsScript = (exampleKey: string): string => `const keepKeys = document.getElementById('keep-keys');
const savedKeys = () => localStorage.getItem('api-keys') ?? sessionStorage.getItem('api-keys');
const saveKeys = () => {
  const keys = JSON.stringify(window.ui.authSelectors.authorized().toJS());
  (keepKeys.checked ? localStorage : sessionStorage).setItem('api-keys', keys);
  (keepKeys.checked ? sessionStorage : localStorage).removeItem('api-keys');
};
const savingKeys = (change) => (payload) => {
  const result = change(payload);
  saveKeys();
  return result;
};
keepKeys.checked = localStorage.getItem('api-keys') !== null;
if (!keepKeys.checked) localStorage.removeItem('authorized');
const hex = (byte) => byte.toString(16).padStart(2, '0');
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), hex).join('');
window.ui = SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true,
  displayRequestDuration: true, tryItOutEnabled: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis], layout: 'BaseLayout',
  plugins: [{ statePlugins: { auth: { wrapActions: { authorize: savingKeys, logout: savingKeys } } } }],
  onComplete: () => {
    if (savedKeys()) window.ui.authActions.restoreAuthorization({ authorized: JSON.parse(savedKeys()) });
    keepKeys.addEventListener('change', saveKeys);
    saveKeys();
  },
  requestInterceptor: (request) => {
    const headers = request.headers ?? {};
    if (headers['Idempotency-Key'] === ${JSON.stringify(exampleKey)}) headers['Idempotency-Key'] = newKey();
    return request;
  },
});
`;

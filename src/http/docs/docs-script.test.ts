import { runInNewContext } from 'node:vm';
import { docsScript } from './docs-script';

const KEYS = { apiKey: { value: 'pk_live_1' } };

/** A browser's storage. */
function storageOf(items: Record<string, string>) {
  const kept = new Map(Object.entries(items));
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
    all: () => Object.fromEntries(kept),
  };
}

/** Opens the page in a browser with these storages; `complete` has Swagger UI load the contract. */
function openPage({ local = {}, session = {} }: { local?: Record<string, string>; session?: Record<string, string> }) {
  const [localStorage, sessionStorage] = [storageOf(local), storageOf(session)];
  let authorized: object = {};
  let start: { onComplete: () => void } | undefined;
  const listeners: (() => void)[] = [];
  const box = { checked: false, addEventListener: (_type: string, act: () => void) => listeners.push(act) };
  const SwaggerUIBundle = (options: { onComplete: () => void }) => {
    start = options;
    return {
      authSelectors: { authorized: () => ({ toJS: () => authorized }) },
      authActions: { restoreAuthorization: (payload: { authorized: object }) => ({ authorized } = payload) },
    };
  };
  const page = { document: { getElementById: () => box }, window: {}, localStorage, sessionStorage, SwaggerUIBundle };
  runInNewContext(docsScript('example'), Object.assign(page, { SwaggerUIBundle: withPresets(SwaggerUIBundle) }));
  return {
    box,
    complete: () => start?.onComplete(),
    tick(checked: boolean) {
      box.checked = checked;
      for (const act of listeners) act();
    },
    authorized: () => authorized,
    stored: () => ({ local: localStorage.all(), session: sessionStorage.all() }),
  };
}

const withPresets = <Bundle extends object>(bundle: Bundle) => Object.assign(bundle, { presets: { apis: [] } });

const saved = JSON.stringify(KEYS);

it('keeps keys for the session, and on the device once the box is ticked', () => {
  const page = openPage({ session: { 'api-keys': saved } });
  page.complete();
  expect(page.authorized()).toEqual(KEYS);
  page.tick(true);
  expect(page.stored()).toEqual({ local: { 'api-keys': saved }, session: {} });
  page.tick(false);
  expect(page.stored()).toEqual({ local: {}, session: { 'api-keys': saved } });
});

it.each([
  ['ticked', true, { session: { 'api-keys': saved } }, { local: { 'api-keys': saved }, session: {} }],
  ['unticked', false, { local: { 'api-keys': saved } }, { local: {}, session: { 'api-keys': saved } }],
])('a box that is %s before the page has loaded erases no key, and holds afterwards', (_what, checked, given, then) => {
  const page = openPage(given);
  page.tick(checked);
  expect(page.stored()).toMatchObject(given);
  page.complete();
  expect(page.stored()).toEqual(then);
});

it('removes a key that Swagger UI kept on the device by itself, unless the box is ticked', () => {
  expect(openPage({ local: { authorized: saved } }).stored().local).toEqual({});
  const kept = { authorized: saved, 'api-keys': saved };
  expect(openPage({ local: kept }).stored().local).toEqual(kept);
});

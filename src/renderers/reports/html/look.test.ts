import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { checkoutRoot } from '../../../testing/servers/servers';
import { sampleInput, sampleRows, textOf } from '../tests/sample-report';
import { chartColors } from './page-style';
import { renderHtml } from './render-html';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
// Skipped visibly without a browser; CI installs one.
const withBrowser = executablePath ? describe : describe.skip;

/** True where the machine has fonts for every script of the sample, so that a missing glyph is the page's fault. */
const hasFonts = (): boolean => {
  try {
    const list = (pattern: string): string => execFileSync('fc-list', [pattern], { encoding: 'utf8' });
    return [':lang=ar', ':lang=zh-cn', ':lang=el', 'Noto Color Emoji'].every((pattern) => list(pattern) !== '');
  } catch {
    return false;
  }
};

/** Returns the characters that the page shows and the browser has no glyph for. */
const MISSING_GLYPHS = `(() => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 48;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.font = '24px ' + getComputedStyle(document.body).fontFamily;
  const picture = (character) => {
    context.clearRect(0, 0, 48, 48);
    context.fillText(character, 8, 36);
    return canvas.toDataURL();
  };
  const boxes = new Set(['\\u0378', '\\u{10FFFF}', ''].map(picture));
  const shown = [...new Set(document.body.innerText)].filter((character) => !/[\\s\\p{M}\\p{C}]/u.test(character));
  return shown.filter((character) => boxes.has(picture(character)));
})()`;

/** Returns what reaches beyond the right edge, other than within the table that scrolls. */
const OVERFLOWS = `[...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5 && !element.closest('.rows table'))
  .map((element) => element.outerHTML.slice(0, 80))`;

/** Returns for each chart the number of its marks that have an extent. */
const MARKS = `[...document.querySelectorAll('figure svg')].map((svg) =>
  [...svg.querySelectorAll('[fill="${chartColors.mark}"], [stroke="${chartColors.mark}"]')]
    .filter((mark) => mark.getBBox().width > 0 && mark.getBBox().height > 0).length)`;

withBrowser('the HTML of a report in a real browser', () => {
  let browser: Browser;
  const pictures = join(checkoutRoot(__dirname), '.platform-test', 'pictures');

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
  });

  const open = async (view: { width: number; colorScheme: 'light' | 'dark' }, text: string): Promise<Page> => {
    const context = await browser.newContext({
      viewport: { width: view.width, height: 900 },
      colorScheme: view.colorScheme,
    });
    const page = await context.newPage();
    await page.setContent(text);
    await page.screenshot({ path: join(pictures, `report-${view.width}-${view.colorScheme}.png`), fullPage: true });
    return page;
  };

  it.each([
    { width: 360, colorScheme: 'light' },
    { width: 360, colorScheme: 'dark' },
    { width: 1200, colorScheme: 'light' },
    { width: 1200, colorScheme: 'dark' },
  ] as const)('overflows nowhere, and has no empty chart, at $width px, $colorScheme', async (view) => {
    const input = sampleInput();
    const partnerName = 'n'.repeat(200);
    const page = await open(view, await textOf(renderHtml({ ...input, report: { ...input.report, partnerName } })));
    expect(await page.evaluate(OVERFLOWS)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
    const marks = await page.evaluate<number[]>(MARKS);
    expect(marks).toEqual([2, 1, 1, 4]);
    const lightness = `getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]`;
    const isDark = await page.evaluate<boolean>(`${lightness} < 128`);
    expect(isDark).toBe(view.colorScheme === 'dark');
    await page.context().close();
  });

  it('is printed whole, also on portrait paper', async () => {
    const page = await open({ width: 1200, colorScheme: 'dark' }, await textOf(renderHtml(sampleInput())));
    const printable = 688; // A4 less its margins, in CSS pixels
    await page.setViewportSize({ width: printable, height: 900 });
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate<number>(`document.querySelector('.rows table').scrollWidth`)).toBeLessThan(printable);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(printable);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    await page.context().close();
  });

  (hasFonts() ? it : it.skip)('has a glyph for every character, in Greek, Arabic, Chinese and emoji', async () => {
    const page = await open({ width: 1200, colorScheme: 'light' }, await textOf(renderHtml(sampleInput())));
    const shown = await page.evaluate<string>('document.body.innerText');
    for (const text of ['Ελένη Παπαδοπούλου', 'محمد', '王小明 🎉', 'a'.repeat(200)]) expect(shown).toContain(text);
    expect(await page.evaluate(MISSING_GLYPHS)).toEqual([]);
    await page.context().close();
  });

  it('shows texts from outside as text, whatever they contain', async () => {
    const evil = `</td></style><script>document.title='x'</script><img src=x onerror="document.title='x'">"'&amp;`;
    const input = sampleInput({ rowsOf: [sampleRows[0]!.with(3, evil)] });
    const figures = [{ id: 'declined', currency: null, by: evil, value: 1 }];
    const report = { ...input.report, partnerName: evil, filters: { planId: evil } };
    const text = await textOf(renderHtml({ ...input, report, content: { figures, series: [] } }));
    const page = await open({ width: 1200, colorScheme: 'light' }, text);
    expect(await page.evaluate(`document.querySelectorAll('script, img, iframe, link').length`)).toBe(0);
    expect(
      await page.evaluate(`[...document.querySelectorAll('bdi')].filter((each) => each.textContent ===
      ${JSON.stringify(evil)}).length`),
    ).toBe(4);
    expect(await page.title()).toBe('Payments, 29 March 2026');
    await page.context().close();
  });
});

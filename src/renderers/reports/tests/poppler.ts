import { execFileSync } from 'node:child_process';

const runs = (program: string): boolean => {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Debian's poppler-utils; tests that need it are skipped visibly without. */
export const hasPoppler = runs('pdftotext') && runs('pdftoppm');

/** Returns the text of each page, laid out as on paper. */
export function pdfPages(pdf: Buffer): string[] {
  const text = execFileSync('pdftotext', ['-layout', '-enc', 'UTF-8', '-', '-'], { input: pdf, encoding: 'utf8' });
  return text.split('\f').slice(0, -1);
}

export interface GrayPicture {
  width: number;
  height: number;
  /** A byte a pixel; 255 is white. */
  pixels: Buffer;
}

/** Returns a page as a picture. `page` counts from 1. */
export function pdfPicture(pdf: Buffer, page: number, dpi: number): GrayPicture {
  const which = ['-f', String(page), '-l', String(page), '-r', String(dpi)];
  const pgm = execFileSync('pdftoppm', ['-gray', ...which, '-'], { input: pdf, maxBuffer: 64 * 1024 * 1024 });
  const [, width = '', height = ''] = /^P5\n(\d+) (\d+)\n255\n/.exec(pgm.subarray(0, 40).toString('latin1')) ?? [];
  return { width: Number(width), height: Number(height), pixels: pgm.subarray(-Number(width) * Number(height)) };
}

export const pdfColors = {
  ink: '#17202b',
  soft: '#5b6472',
  line: '#d9dee5',
  mark: '#1a56c4',
  warn: '#8a4b00',
} as const;
export type PdfColor = keyof typeof pdfColors;
export type PdfFont = 'regular' | 'bold';

export interface TextStyle {
  font: PdfFont;
  size: number;
  color: PdfColor;
}

const LINE_HEIGHT = 1.36;

export const lineHeight = ({ size }: Pick<TextStyle, 'size'>): number => size * LINE_HEIGHT;

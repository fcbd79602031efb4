// Colours on a terminal, nothing when piped: one place for the escape codes.

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Colour = keyof typeof CODES;
export type Paint = (colour: Colour, text: string) => string;

export function createPainter(isColored: boolean): Paint {
  return (colour, text) => (isColored ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text);
}

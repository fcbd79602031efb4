import { describe, expect, it } from 'vitest';
import { createScript, wrap } from '../../src/demo/script.js';

function spoken(color: boolean, width: number, speak: (script: Script) => void): string {
  let said = '';
  const script = createScript((text) => (said += text), color, width);
  speak(script);
  return said;
}
type Script = ReturnType<typeof createScript>;

const ESCAPE = '\u001b';

function everything(script: Script): void {
  script.act('Act 1', 'without Interlock');
  script.say('words '.repeat(40).trim());
  script.command('mariadb -h db1');
  script.quote('ERROR 1644 (45000)\nsecond line\n');
  script.listing(['one', 'two']);
  script.table(['server', 'rows'], [['db1', '7']]);
  script.claim(true, 'it held');
  script.claim(false, 'it did not');
  script.progress('fetching');
}

describe('the script', () => {
  it('is plain when piped: no escape code, every line of progress a line', () => {
    const said = spoken(false, 100, everything);
    expect(said).not.toContain(ESCAPE);
    expect(said).not.toContain('\r');
    expect(said.endsWith('fetching\n')).toBe(true);
  });

  it('has colour on a terminal, and progress that the next line replaces', () => {
    const said = spoken(true, 100, (script) => {
      script.progress('fetching 1/2');
      script.progress('fetching 2/2');
      script.say('done');
    });
    expect(said).toContain(ESCAPE);
    expect(said.endsWith(`\r${ESCAPE}[Kdone\n`)).toBe(true);
    expect(said.match(/\n/g)).toHaveLength(1);
  });

  it('keeps within the width, between 60 and 100 columns', () => {
    const longest = (width: number) =>
      Math.max(
        ...spoken(false, width, everything)
          .split('\n')
          .map((line) => line.length),
      );
    expect(longest(20)).toBeLessThanOrEqual(60);
    expect(longest(80)).toBeLessThanOrEqual(80);
    expect(longest(500)).toBeLessThanOrEqual(100);
  });

  it('puts figures to the right and words to the left', () => {
    const said = spoken(false, 100, (script) =>
      script.table(
        ['server', 'rows before'],
        [
          ['db1', '20600'],
          ['replica1', '35 ms'],
        ],
      ),
    );
    expect(said).toBe(
      ['  server    rows before', '  db1             20600', '  replica1        35 ms', ''].join(
        '\n',
      ),
    );
  });

  it('shouts a claim that does not hold', () => {
    expect(spoken(false, 100, (script) => script.claim(false, 'all is lost'))).toContain(
      '✘ NOT TRUE: all is lost',
    );
  });
});

describe('wrap', () => {
  it('breaks at spaces and leaves a long word whole', () => {
    expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
    expect(wrap('aaaaaaaaaa b', 4)).toEqual(['aaaaaaaaaa', 'b']);
    expect(wrap('', 4)).toEqual(['']);
  });
});

import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../../src/cli/diagnostics-view.js';
import type { Diagnostic } from '../../src/config/config.js';

const error: Diagnostic = {
  severity: 'error',
  file: '/etc/i.yaml',
  line: 12,
  column: 3,
  message: 'unknown field "lnks"',
  hint: 'did you mean "links"?',
  excerpt: '  lnks: {}',
};

describe('renderDiagnostics', () => {
  it('points under the place', () => {
    expect(
      renderDiagnostics([error], { color: false }),
    ).toBe(`/etc/i.yaml:12:3: error: unknown field "lnks"
 12 |   lnks: {}
        ^
  hint: did you mean "links"?
`);
  });

  it('says what it has of a file without a place', () => {
    const bare: Diagnostic = { severity: 'warning', file: 'i.yaml', message: 'cannot read' };
    expect(renderDiagnostics([bare], { color: false })).toBe('i.yaml: warning: cannot read\n');
    expect(renderDiagnostics([], { color: false })).toBe('');
  });

  it('colours on request, and lets no file steer the terminal', () => {
    const nasty = { ...error, excerpt: '\tx\u001b[2J', message: 'a\u0007' };
    expect(renderDiagnostics([nasty], { color: false })).not.toMatch(/[^\P{Cc}\n]/u);
    expect(renderDiagnostics([error], { color: true })).toContain('\u001b[31merror:');
  });
});

// Whole lines or none.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AuditFile } from '../../src/audit/audit-file.js';
import { temporaryFolder } from './temporary-folder.js';
async function openFile(content) {
    const path = join(temporaryFolder(), 'a/b/audit.jsonl');
    const first = await AuditFile.open(path);
    await first.close();
    if (content !== undefined)
        writeFileSync(path, content);
    const file = await AuditFile.open(path);
    onTestFinished(() => file.close());
    return { path, file };
}
describe('AuditFile', () => {
    it('appends behind what is there', async () => {
        const { path, file } = await openFile('1\n');
        await file.append(Buffer.from('2\n3\n'));
        expect(readFileSync(path, 'utf8')).toBe('1\n2\n3\n');
        expect(file.tornBytes).toBe(0);
    });
    it.each([
        ['1\n23', 2, '1\n23\n'],
        ['23', 2, '23\n'],
        ['', 0, ''],
        [`${'x'.repeat(65_536)}`, 65_536, `${'x'.repeat(65_536)}\n`],
        [`1\n${'x'.repeat(65_535)}`, 65_535, `1\n${'x'.repeat(65_535)}\n`],
    ])('closes the torn line of a file (case %#)', async (content, torn, mended) => {
        const { path, file } = await openFile(content);
        expect(file.tornBytes).toBe(torn);
        expect(readFileSync(path, 'utf8')).toBe(mended);
    });
    it('knows when its name was deleted', async () => {
        const { path, file } = await openFile();
        expect(file.isLinked()).toBe(true);
        rmSync(path);
        expect(file.isLinked()).toBe(false);
    });
});
//# sourceMappingURL=audit-file.test.js.map
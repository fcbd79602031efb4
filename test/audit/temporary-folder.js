// A folder for the files of one test, gone after it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
export function temporaryFolder() {
    const folder = mkdtempSync(join(tmpdir(), 'interlock-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
}
//# sourceMappingURL=temporary-folder.js.map
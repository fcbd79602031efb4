// When the next word is a secret although it is no literal.
import { describe, expect, it } from 'vitest';
import { SecretWatch } from '../../src/audit/secret-watch.js';
/** The words of a text that are taken for secrets; `'` stands for a masked literal. */
function secretsIn(text) {
    const watch = new SecretWatch();
    const found = [];
    for (const [token] of text.matchAll(/\w+|[^\w\s]/g)) {
        if (token === "'")
            watch.literal();
        else if (!/\w/.test(token))
            watch.symbol(token.charCodeAt(0));
        else if (watch.word(token))
            found.push(token);
    }
    return found;
}
describe('SecretWatch', () => {
    it.each([
        ['create user u identified by pw', ['pw']],
        ['create user u identified with plugin as pw require ssl', ['pw']],
        ['set password = pw', ['pw']],
        ['set password for u @ h = pw', ['pw']],
        ['change master to master_password = pw, master_host = h', ['pw']],
        ['options (user u, password = pw)', ['pw']],
        ['identified by password pw', ['pw']],
    ])('finds it in %j', (text, expected) => {
        expect(secretsIn(text)).toEqual(expected);
    });
    it.each([
        "identified by ' drop table t",
        'identified by random password ; drop table t',
        'drop table password',
        'select a as b from t',
        'alter user u password expire',
        'set a = b',
    ])('finds none in %j', (text) => {
        expect(secretsIn(text)).toEqual([]);
    });
});
//# sourceMappingURL=secret-watch.test.js.map
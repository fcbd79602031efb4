import { describe, expect, it } from 'vitest';
import { lookAtCalled, lookAtCode, lookAtEvent } from '../../src/catalog/look.js';
import { type Script, scripted, serverError, shown } from './scripted.js';

const NAMED = { kind: 'FUNCTION', schema: 'app', name: 'f' } as const;

describe('lookAtCode', () => {
  it('takes the text and what it was made under', async () => {
    const create = 'CREATE FUNCTION `f`() RETURNS int RETURN 1';
    const connection = scripted({
      'SHOW CREATE FUNCTION `app`.`f`': [shown('Create Function', create)],
    });
    expect(await lookAtCode(connection, NAMED)).toEqual({
      kind: 'found',
      code: {
        label: 'function app.f',
        schema: 'app',
        create: Buffer.from(create),
        sqlMode: '',
        charset: 'utf8mb4',
      },
    });
  });

  it('tells what is not there from what may not be seen', async () => {
    const of = (answer: Script[string]) => lookAtCode(scripted({ SHOW: answer }), NAMED);
    expect(await of(serverError(1305))).toBeUndefined();
    for (const hidden of [[{ 'Create Function': null }], serverError(1370)]) {
      expect(await of(hidden)).toMatchObject({ kind: 'hidden', reason: /may not see its body/ });
    }
    expect(await of(new Error('gone'))).toMatchObject({ kind: 'hidden', reason: /gone/ });
  });
});

describe('lookAtCalled', () => {
  const called = async (
    script: Script,
    routine: { readonly schema?: string; readonly name?: string },
    where: { readonly database?: string; readonly hasPackages?: boolean } = {},
  ) => {
    const connection = scripted({ ...script, SHOW: serverError(1305) });
    const { database, hasPackages = false } = where;
    const looked = await lookAtCalled(connection, routine, { database, hasPackages });
    return { looked, asked: connection.asked };
  };

  it('looks for a procedure in the schema that was read, and guesses none', async () => {
    const script = { '`app`.`p`': [shown('Create Procedure', 'CREATE PROCEDURE p() DO 1')] };
    const own = await called(script, { schema: 'app', name: 'p' });
    expect(own.looked).toMatchObject({ kind: 'found', code: { label: 'procedure app.p' } });
    expect((await called(script, { name: 'p' }, { database: 'app' })).looked).toMatchObject({
      reason: /default schema of the session is not known/,
    });
  });

  it('looks in packages where the server has them', async () => {
    const script = {
      'PACKAGE BODY `app`.`pkg`': [shown('Create Package Body', 'CREATE PACKAGE BODY')],
    };
    const routine = { schema: 'pkg', name: 'p' };
    const found = await called(script, routine, { database: 'app', hasPackages: true });
    expect(found.looked).toMatchObject({ kind: 'found', code: { label: 'package app.pkg' } });
    const none = await called(script, routine, { database: 'app' });
    expect(none.looked).toMatchObject({ reason: /there is no procedure pkg\.p that the monitor/ });
    expect(none.asked).toHaveLength(1);
  });
});

describe('lookAtEvent', () => {
  const EVENT = { schema: 'app', name: 'e' };

  it('takes the body, in the schema that the event will be in', async () => {
    const create = 'CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY DO DROP TABLE t';
    const connection = scripted({ 'SHOW CREATE EVENT `app`.`e`': [shown('Create Event', create)] });
    expect(await lookAtEvent(connection, [EVENT])).toMatchObject({
      kind: 'found',
      code: { label: 'event app.e', schema: 'app', create: Buffer.from(create) },
    });
    expect(await lookAtEvent(connection, [EVENT, { schema: 'b', name: 'f' }])).toMatchObject({
      code: { label: 'event app.e', schema: 'b' },
    });
  });

  it('says why it cannot be known', async () => {
    const of = (answer: Script[string]) => lookAtEvent(scripted({ SHOW: answer }), [EVENT]);
    expect(await of(serverError(1539))).toMatchObject({ reason: /there is no event app\.e/ });
    expect(await of(serverError(1044))).toMatchObject({ kind: 'hidden' });
    expect(await lookAtEvent(scripted({}), [{ name: 'e' }])).toMatchObject({
      reason: /default schema of the session is not known/,
    });
  });
});

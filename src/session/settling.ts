// What a guarded or ambiguous statement would really do in its session: which questions that takes,
// and what it reads to once they are answered. Sends nothing (own-question.ts) and decides nothing.
import { FOUND_ROWS_MOST, type Inquiry, isAskable } from '../policy/inquiry.js';
import type { Logging } from '../policy/logging.js';
import type { Dialect, ReadContext } from '../sql/dialect.js';
import type { EffectObject, RunText } from '../sql/effect.js';
import type { TextFacts } from '../sql/statement-facts.js';
import type { TextResultset } from '../wire/packets/text-resultset.js';
import type { PreparedText } from './prepared-text.js';
import { type SessionAnswer, saysTemporary, sessionAnswerOf } from './session-answer.js';
import type { ReadText } from './session-options.js';
import type { SessionState } from './session-state.js';

/** What there is to settle. */
export interface Unsettled {
  readonly text: Buffer;
  /** Under every reading there is. */
  readonly worst: TextFacts;
  /** What it executes, where that was prepared before. */
  readonly prepared: PreparedText | undefined;
}

export interface Settled {
  /** What is judged. */
  readonly facts: TextFacts;
  /** What it reads to now; undefined when that could not be learned. */
  readonly reading: TextFacts | undefined;
  readonly logging: Logging | undefined;
  /** Which server the session is on. */
  readonly leg: string | undefined;
  /** The session's default schema, if it was told. */
  readonly database: string | undefined;
}

interface Session {
  readonly state: SessionState;
  readonly dialect: Dialect | undefined;
  readonly readText: ReadText;
}

type Stage = 'session' | 'table' | 'found-rows' | 'done';

/** ER_UNKNOWN_SYSTEM_VARIABLE */
const UNKNOWN_VARIABLE = 1193;

export class Settling {
  readonly #unsettled: Unsettled;
  readonly #session: Session;
  #stage: Stage = 'session';
  #answer: SessionAnswer | undefined;
  #reading: TextFacts | undefined;
  #facts: TextFacts;

  constructor(unsettled: Unsettled, session: Session) {
    this.#unsettled = unsettled;
    this.#session = session;
    this.#facts = unsettled.worst;
  }

  /** What is to be asked next; undefined once nothing more is. */
  next(): Inquiry | undefined {
    switch (this.#stage) {
      case 'session':
        return this.#aboutSession();
      case 'table':
        return this.#aboutTable() ?? this.#after('found-rows');
      case 'found-rows':
        return this.#aboutFoundRows() ?? this.#after('done');
      case 'done':
        return undefined;
    }
    return this.#stage satisfies never;
  }

  /** Undefined: what came back cannot be read. */
  take(result: TextResultset | undefined): void {
    if (this.#stage === 'session') this.#takeSession(result);
    else if (this.#stage === 'table') {
      if (saysTemporary(result)) this.#facts = { ...this.#facts, effects: [] };
      this.#stage = 'found-rows';
    } else this.#stage = 'done';
  }

  get settled(): Settled {
    const { logging, leg, database } = this.#answer ?? {};
    return { facts: this.#facts, reading: this.#reading, logging, leg, database };
  }

  get isAnswered(): boolean {
    return this.#answer !== undefined;
  }

  #after(stage: Stage): Inquiry | undefined {
    this.#stage = stage;
    return this.next();
  }

  #aboutSession(): Inquiry {
    const variable = variableOf(this.#unsettled.worst);
    const hasGalera = this.#hasGalera();
    return { kind: 'session', hasGalera, ...(variable === undefined ? {} : { variable }) };
  }

  #hasGalera(): boolean {
    const { state, dialect } = this.#session;
    return dialect?.flavour === 'mariadb' && !state.lacksGalera;
  }

  #takeSession(result: TextResultset | undefined): void {
    if (result?.kind === 'error' && result.errorCode === UNKNOWN_VARIABLE) {
      // A server built without Galera: asked once more without its variables.
      const isNews = this.#hasGalera();
      this.#session.state.lacksGalera = true;
      this.#stage = isNews ? 'session' : 'done';
      return;
    }
    this.#answer = result === undefined ? undefined : sessionAnswerOf(result);
    this.#stage = this.#answer === undefined ? 'done' : 'table';
    if (this.#answer !== undefined) this.#read(this.#answer);
  }

  #read(answer: SessionAnswer): void {
    const { text, worst, prepared } = this.#unsettled;
    const own = prepared?.text ?? text;
    const schema = prepared === undefined ? answer.database : prepared.database;
    // What reads in one way only, and was read with this schema, reads no better now.
    const isKnown = worst.hangsOnSession === undefined && schema === this.#schemaOfWorst();
    const now = isKnown ? worst : this.#session.readText(own, this.#context(answer, schema));
    const variable = variableOf(worst);
    const reading = variable === undefined ? now : this.#readVariable(now, answer);
    this.#reading = reading;
    this.#facts = prepared === undefined ? reading : prepared.united(reading);
  }

  #schemaOfWorst(): string | undefined {
    const { prepared } = this.#unsettled;
    return prepared === undefined ? this.#session.state.database : prepared.database;
  }

  #context(answer: SessionAnswer, database: string | undefined): ReadContext {
    const { dialect } = this.#session;
    const { sqlMode, charset } = answer;
    return {
      ...(dialect === undefined ? {} : { dialect }),
      sqlMode,
      charset,
      ...(database === undefined ? {} : { database }),
    };
  }

  /** PREPARE s FROM @v, EXECUTE IMMEDIATE @v: what the variable holds is what counts. */
  #readVariable(now: TextFacts, answer: SessionAnswer): TextFacts {
    const { variable, connectionCharset, database } = answer;
    if (variable === undefined || variableOf(now) === undefined) return now;
    const { charset, ...context } = this.#context(answer, database);
    const isSure = charset === connectionCharset && charset !== undefined;
    const held = this.#session.readText(variable, isSure ? { ...context, charset } : context);
    const { prepares } = now;
    if (prepares === undefined || prepares === 'unknown') return { ...held, ...allOf(now, held) };
    // Prepared and not run: only its name is new to the session.
    return {
      effects: held.effects,
      statements: now.statements,
      prepares: { name: prepares.name, text: variable },
    };
  }

  #aboutTable(): Inquiry | undefined {
    const { effects, statements } = this.#facts;
    const [effect, ...others] = effects;
    if (effect?.mayBeTemporary !== true || others.length > 0 || statements.length > 1) return;
    const [object, ...more] = effect.objects;
    if (more.length > 0 || !isNamed(object)) return undefined;
    return { kind: 'table', schema: object.schema, name: object.name };
  }

  #aboutFoundRows(): Inquiry | undefined {
    const rows = this.#answer?.foundRows ?? 1;
    return rows === 1 || rows > FOUND_ROWS_MOST ? undefined : { kind: 'found-rows', rows };
  }
}

/** The variable whose text is all that a statement runs. */
function variableOf({ effects, statements }: TextFacts): string | undefined {
  const runs: RunText | undefined = effects[0]?.runs;
  const isAll = effects.length === 1 && statements.length === 1;
  return isAll && runs?.kind === 'variable' ? runs.name : undefined;
}

/** A text that was run from a variable may have done all that it says to the session. */
function allOf(now: TextFacts, held: TextFacts): Pick<TextFacts, 'movesTo' | 'prepares'> {
  return {
    ...(held.movesTo === undefined ? {} : { movesTo: held.movesTo }),
    ...(held.prepares === undefined ? {} : { prepares: now.prepares ?? 'unknown' }),
  };
}

function isNamed(object: EffectObject | undefined): object is Required<EffectObject> {
  const { schema, name } = object ?? {};
  return schema !== undefined && name !== undefined && isAskable(schema) && isAskable(name);
}

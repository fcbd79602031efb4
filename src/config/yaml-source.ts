// One YAML text with the place of every value in it: what schemas check, and where their errors
// point. Takes text, never files. Caps size, depth, aliases and cycles, so that no file can eat
// the process, and reads nothing twice.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { messageOf } from '../errors.js';
import type { Diagnostic, Loaded } from './config.js';

export const YAML_LIMITS = { bytes: 16 * 1024 * 1024, values: 500_000, depth: 32 } as const;

const EXCERPT_CHARACTERS = 160;

export type YamlPath = readonly PropertyKey[];

/** What is wrong at one place of a text. */
export interface Complaint {
  readonly message: string;
  readonly hint?: string;
  readonly severity?: Diagnostic['severity'];
  /** Point at the key of a field, not at its value. */
  readonly atKey?: boolean;
  /** Leave the source line out: it may hold a secret. */
  readonly secret?: boolean;
}

export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  /** The place of `path`, or of the nearest part of it that is there. */
  complain(path: YamlPath, complaint: Complaint): Diagnostic;
}

export function readYaml(file: string, text: string): Loaded<YamlSource> {
  const lines = new LineCounter();
  const place = placer(file, text, lines);
  if (text.length > YAML_LIMITS.bytes) {
    const message = `the file is larger than ${YAML_LIMITS.bytes / 1024 ** 2} MiB`;
    return { kind: 'broken', errors: [{ severity: 'error', file, message }] };
  }
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
    });
    const errors = [...document.errors, ...document.warnings].map((problem) =>
      place(problem.pos[0], { message: plainMessage(problem.code, problem.message) }),
    );
    if (errors.length > 0) return { kind: 'broken', errors };
    const value = new Plain(document).of(document.contents, []);
    const complain = (path: YamlPath, complaint: Complaint) =>
      place(offsetOf(document, path, complaint.atKey ?? false), complaint);
    return { kind: 'loaded', value: { file, value, complain }, warnings: [] };
  } catch (thrown) {
    return { kind: 'broken', errors: [brokenBy(thrown, file, place)] };
  }
}

/** A value that must not be made: found while turning nodes into plain data. */
class YamlTrouble extends Error {
  readonly offset: number;
  constructor(message: string, node: Node) {
    super(message);
    this.offset = node.range?.[0] ?? 0;
  }
}

function brokenBy(thrown: unknown, file: string, place: Placer): Diagnostic {
  if (thrown instanceof YamlTrouble) return place(thrown.offset, { message: thrown.message });
  // The parser recurses: text nested some thousand levels deep exhausts the stack.
  const message = thrown instanceof RangeError ? 'nested too deeply' : messageOf(thrown);
  return { severity: 'error', file, message: `the file cannot be read as YAML: ${message}` };
}

function plainMessage(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key is already there in the same mapping';
  if (code === 'TAB_AS_INDENT') return 'YAML indents with spaces, never with tabs';
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** Nodes to plain data, with every cap; a number not written plainly stays the text it was. */
class Plain {
  private count = 0;
  /** Finding an anchor walks the whole document, so each alias looks once. */
  private readonly targets = new Map<Node, Node | undefined>();
  private readonly document: Document.Parsed;

  constructor(document: Document.Parsed) {
    this.document = document;
  }

  of(node: unknown, inside: readonly unknown[]): unknown {
    if (isAlias(node)) return this.of(this.target(node, inside), inside);
    this.count += 1;
    if (isMap(node)) return this.mapping(node, this.enter(node, inside));
    if (isSeq(node)) {
      const deeper = this.enter(node, inside);
      return node.items.map((item) => this.of(item, deeper));
    }
    if (!isScalar(node)) return null;
    this.capCount(node);
    const { value, source } = node;
    // 10.10 is a version to people and 10.1 to YAML: keep what was written.
    const spelled = typeof value === 'number' && source !== undefined && String(value) !== source;
    return spelled ? source : value;
  }

  private mapping(node: { items: readonly unknown[] }, inside: readonly unknown[]): unknown {
    const result: Record<string, unknown> = {};
    for (const pair of node.items) {
      const { key, value } = pair as { key: Node; value: unknown };
      if (!isScalar(key) || key.value === null) {
        throw new YamlTrouble('a key must be a plain word', key);
      }
      const name = String(key.value);
      if (name === '__proto__') throw new YamlTrouble('this key is not allowed', key);
      result[name] = this.of(value, inside);
    }
    return result;
  }

  private target(alias: Node, inside: readonly unknown[]): Node {
    if (!isAlias(alias)) return alias;
    if (!this.targets.has(alias)) this.targets.set(alias, alias.resolve(this.document));
    const target = this.targets.get(alias);
    if (target === undefined) throw new YamlTrouble(`no anchor named "${alias.source}"`, alias);
    if (inside.includes(target)) {
      throw new YamlTrouble(`the alias "*${alias.source}" stands inside its own anchor`, alias);
    }
    return target;
  }

  private enter(node: Node, inside: readonly unknown[]): readonly unknown[] {
    this.capCount(node);
    if (inside.length >= YAML_LIMITS.depth) {
      throw new YamlTrouble(`nested deeper than ${YAML_LIMITS.depth} levels`, node);
    }
    return [...inside, node];
  }

  private capCount(node: Node): void {
    if (this.count <= YAML_LIMITS.values) return;
    throw new YamlTrouble(`more than ${YAML_LIMITS.values} values, aliases spelled out`, node);
  }
}

/** The offset of what `path` names, or of the deepest part of it that is in the document. */
function offsetOf(document: Document.Parsed, path: YamlPath, atKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const next = childOf(isAlias(node) ? node.resolve(document) : node, step);
    if (next === undefined) return offset;
    const keyOffset = startOf(next.key) ?? offset;
    if (atKey && depth === path.length - 1) return keyOffset;
    node = next.value;
    offset = startOf(node) ?? keyOffset;
  }
  return offset;
}

function childOf(node: unknown, step: PropertyKey): { key?: unknown; value: unknown } | undefined {
  if (isSeq(node)) return { value: node.items[Number(step)] };
  if (!isMap(node)) return undefined;
  return node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}

type Placer = (offset: number, complaint: Complaint) => Diagnostic;

function placer(file: string, text: string, lines: LineCounter): Placer {
  return (offset, complaint) => {
    const { line, col } = lines.linePos(offset);
    const start = lines.lineStarts[line - 1] ?? 0;
    const end = text.indexOf('\n', start);
    const excerpt = text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
    return {
      severity: complaint.severity ?? 'error',
      file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      message: complaint.message,
      ...(complaint.hint === undefined ? {} : { hint: complaint.hint }),
      ...(complaint.secret === true ? {} : { excerpt: excerpt.slice(0, EXCERPT_CHARACTERS) }),
    };
  };
}

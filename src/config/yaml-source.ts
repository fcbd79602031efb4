// One YAML text with the place of every value in it: what schemas check, and where their errors
// point. Takes text, never files. Caps size, depth, aliases and cycles, so that no file can eat
// the process, and reads nothing twice unless something in it is to be pointed at.
import { YAMLException } from 'js-yaml';
import { messageOf } from '../errors.js';
import type { Diagnostic, Loaded } from './config.js';
import { type MappingNode, readTree, type YamlNode, YamlTrouble } from './yaml-tree.js';

export const YAML_LIMITS = { bytes: 16 * 1024 * 1024, values: 500_000, depth: 32 } as const;

const EXCERPT_CHARACTERS = 160;
/** The library's own cap, for its stack's sake: beyond it nothing is read at all. */
const PARSER_DEPTH = 100;

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
  const place = placer(file, text);
  if (text.length > YAML_LIMITS.bytes) {
    const message = `the file is larger than ${YAML_LIMITS.bytes / 1024 ** 2} MiB`;
    return { kind: 'broken', errors: [{ severity: 'error', file, message }] };
  }
  try {
    const root = readTree(text, PARSER_DEPTH);
    const value = root === undefined ? null : new Plain().of(root, []);
    return {
      kind: 'loaded',
      value: { file, value, complain: complainer(text, place) },
      warnings: [],
    };
  } catch (thrown) {
    return { kind: 'broken', errors: [brokenBy(thrown, file, place)] };
  }
}

/** A set in force keeps its sources, so the tree is only grown again when something is wrong. */
function complainer(text: string, place: Placer): YamlSource['complain'] {
  let tree: YamlNode | undefined;
  return (path, complaint) => {
    tree ??= readTree(text, PARSER_DEPTH);
    return place(
      tree === undefined ? 0 : offsetOf(tree, path, complaint.atKey ?? false),
      complaint,
    );
  };
}

function brokenBy(thrown: unknown, file: string, place: Placer): Diagnostic {
  if (thrown instanceof YamlTrouble) return place(thrown.offset, { message: thrown.message });
  if (thrown instanceof YAMLException && thrown.mark !== undefined) {
    return place(thrown.mark.position, { message: plainMessage(thrown.reason) });
  }
  return { severity: 'error', file, message: `the file cannot be read: ${messageOf(thrown)}` };
}

function plainMessage(reason: string): string {
  if (reason.startsWith('tab characters')) return 'YAML indents with spaces, never with tabs';
  if (reason.startsWith('nesting exceeded')) return TOO_DEEP;
  if (reason === 'deficient indentation') return UNCLOSED;
  return reason;
}

/** Flow collections that go on at the margin are seldom meant so. */
const UNCLOSED = 'a line that begins too far left: is a { or [ before it closed?';
const TOO_DEEP = `nested deeper than ${YAML_LIMITS.depth} levels`;

/** Nodes to plain data, with every cap; a number not written plainly stays the text it was. */
class Plain {
  #count = 0;

  of(node: YamlNode, inside: readonly YamlNode[]): unknown {
    if (node.kind === 'alias') return this.of(targetOf(node, inside), inside);
    this.#count += 1;
    if (this.#count > YAML_LIMITS.values) {
      const message = `more than ${YAML_LIMITS.values} values, aliases spelled out`;
      throw new YamlTrouble(message, node.start);
    }
    switch (node.kind) {
      case 'mapping':
        return this.#mapping(node, enter(node, inside));
      case 'sequence': {
        const deeper = enter(node, inside);
        return node.items.map((item) => this.of(item, deeper));
      }
      case 'scalar':
        return node.isPlain ? plainValue(node.text) : node.text;
      default:
        return node satisfies never;
    }
  }

  #mapping(node: MappingNode, inside: readonly YamlNode[]): unknown {
    const result: Record<string, unknown> = {};
    for (const { key, value } of node.pairs) {
      if (key.kind !== 'scalar' || (key.isPlain && plainValue(key.text) === null)) {
        throw new YamlTrouble('a key must be a plain word', key.start);
      }
      if (key.text === '__proto__') throw new YamlTrouble('this key is not allowed', key.start);
      if (Object.hasOwn(result, key.text)) {
        throw new YamlTrouble('this key is already there in the same mapping', key.start);
      }
      result[key.text] = this.of(value, inside);
    }
    return result;
  }
}

function targetOf(alias: YamlNode & { kind: 'alias' }, inside: readonly YamlNode[]): YamlNode {
  const { target, name, start } = alias;
  if (target === undefined) throw new YamlTrouble(`no anchor named "${name}"`, start);
  if (inside.includes(target)) {
    throw new YamlTrouble(`the alias "*${name}" stands inside its own anchor`, start);
  }
  return target;
}

function enter(node: YamlNode, inside: readonly YamlNode[]): readonly YamlNode[] {
  if (inside.length >= YAML_LIMITS.depth) throw new YamlTrouble(TOO_DEEP, node.start);
  return [...inside, node];
}

/** By YAML 1.2's core schema; but 10.10 is a version to people, and stays what was written. */
function plainValue(text: string): unknown {
  if (/^(~|null|Null|NULL)?$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (!/^[-+.\d]/.test(text)) return text;
  const number = Number(text);
  return String(number) === text ? number : text;
}

/** The offset of what `path` names, or of the deepest part of it that is in the document. */
function offsetOf(root: YamlNode, path: YamlPath, atKey: boolean): number {
  let node: YamlNode | undefined = root;
  let offset = root.start;
  for (const [depth, step] of path.entries()) {
    const holder: YamlNode | undefined = node?.kind === 'alias' ? node.target : node;
    const next = childOf(holder, step);
    if (next === undefined) return offset;
    if (atKey && depth === path.length - 1) return next.key?.start ?? next.value.start;
    node = next.value;
    offset = node.start;
  }
  return offset;
}

function childOf(
  node: YamlNode | undefined,
  step: PropertyKey,
): { readonly key?: YamlNode; readonly value: YamlNode } | undefined {
  if (node?.kind === 'sequence') {
    const value = node.items[Number(step)];
    return value === undefined ? undefined : { value };
  }
  if (node?.kind !== 'mapping') return undefined;
  return node.pairs.find(({ key }) => key.kind === 'scalar' && key.text === step);
}

type Placer = (offset: number, complaint: Complaint) => Diagnostic;

function placer(file: string, text: string): Placer {
  let starts: readonly number[] | undefined;
  return (offset, complaint) => {
    starts ??= lineStarts(text);
    const line = lineAt(starts, offset);
    const start = starts[line - 1] ?? 0;
    const end = text.indexOf('\n', start);
    const excerpt = text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
    return {
      severity: complaint.severity ?? 'error',
      file,
      line,
      column: offset - start + 1,
      message: complaint.message,
      ...(complaint.hint === undefined ? {} : { hint: complaint.hint }),
      ...(complaint.secret === true ? {} : { excerpt: excerpt.slice(0, EXCERPT_CHARACTERS) }),
    };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}

/** The line (from 1) that an offset stands in: how many lines begin at or before it. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

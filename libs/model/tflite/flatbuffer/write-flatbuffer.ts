import { at, invariant } from '#libs/base/result';
import type { BytesNode, Field, Node, Scalar, TableNode, TablesNode } from './flatbuffer-nodes';

/**
 * Lays out a tree of nodes as a flatbuffer: first every node gets its position, then the bytes are written.
 *
 * The order is breadth first from the root, so that everything stands after all tables that refer to it (offsets
 * point forward), with shared nodes last of all. Equal vtables are stored once. The same tree gives the same bytes.
 *
 *     0  offset of the root | 4  identifier | 8  vtable, root table, …
 */
export function writeFlatbuffer(root: TableNode, identifier: string): Uint8Array {
  const layout = new Layout(root);
  const bytes = new Uint8Array(layout.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, layout.positionOf(root), true);
  bytes.set(new TextEncoder().encode(identifier), 4);
  for (const [vtable, position] of layout.vtables)
    vtable.words.forEach((word, i) => view.setUint16(position + 2 * i, word, true));
  for (const [node, position] of layout.nodes) writeNode(node, position, view, layout);
  return bytes;
}

/** Length of the vtable, length of the table, then the place in the table of every field. */
interface Vtable {
  readonly words: readonly number[];
  /** Where each field that is present stands in the table. */
  readonly places: ReadonlyMap<number, number>;
}

const HEADER_BYTES = 8;
const isNode = (field: Field): field is Node => field.kind !== 'scalar';
const sizeOf = (field: Field): number => (isNode(field) ? 4 : field.size);

/** Fields of four bytes first, then those of one, each in the order of their numbers. */
function vtableOf(node: TableNode): Vtable {
  const ordered = [...node.fields].sort(
    ([a, fieldA], [b, fieldB]) => sizeOf(fieldB) - sizeOf(fieldA) || a - b,
  );
  const places = new Map<number, number>();
  let end = 4;
  for (const [number, field] of ordered) {
    places.set(number, end);
    end += sizeOf(field);
  }
  const slots = Math.max(-1, ...places.keys()) + 1;
  const words = [4 + 2 * slots, end, ...Array.from({ length: slots }, (_, i) => places.get(i) ?? 0)];
  return { words, places };
}

function childrenOf(node: Node): readonly Node[] {
  if (node.kind === 'bytes') return [];
  return node.kind === 'tables' ? node.items : [...node.fields.values()].filter(isNode);
}

/** Position of every node and vtable. */
class Layout {
  readonly nodes = new Map<Node, number>();
  readonly vtables = new Map<Vtable, number>();
  private readonly vtableOfTable = new Map<TableNode, Vtable>();
  private readonly knownVtables = new Map<string, Vtable>();
  length = HEADER_BYTES;

  constructor(root: TableNode) {
    const references = new Map<Node, number>([[root, 0]]);
    const order: Node[] = [root];
    for (const node of order) {
      for (const child of childrenOf(node)) {
        const count = references.get(child) ?? 0;
        references.set(child, count + 1);
        if (count === 0) order.push(child);
      }
    }
    const isShared = (node: Node): boolean => (references.get(node) ?? 0) > 1;
    invariant(
      !order.some((node) => isShared(node) && node.kind !== 'bytes'),
      'only vectors of numbers are shared',
    );
    for (const node of order) if (!isShared(node)) this.place(node);
    for (const node of order) if (isShared(node)) this.place(node);
  }

  positionOf(node: Node): number {
    const position = this.nodes.get(node);
    invariant(position !== undefined, 'every node has a position');
    return position;
  }

  vtable(node: TableNode): Vtable & { readonly position: number } {
    const vtable = this.vtableOfTable.get(node);
    invariant(vtable !== undefined, 'every table has a vtable');
    return { ...vtable, position: this.vtables.get(vtable) ?? 0 };
  }

  /** Reserves `bytes`, so that the position plus `before` is a multiple of `alignment`. */
  private reserve(bytes: number, alignment: number, before = 0): number {
    const position = Math.ceil((this.length + before) / alignment) * alignment - before;
    this.length = position + bytes;
    return position;
  }

  private place(node: Node): void {
    if (node.kind === 'table') this.placeTable(node);
    else if (node.kind === 'bytes')
      this.nodes.set(node, this.reserve(4 + node.bytes.length, node.alignment, 4));
    else this.nodes.set(node, this.reserve(4 + 4 * node.items.length, 4));
  }

  private placeTable(node: TableNode): void {
    const own = vtableOf(node);
    const key = own.words.join();
    const vtable = this.knownVtables.get(key) ?? own;
    if (vtable === own) {
      this.knownVtables.set(key, own);
      this.vtables.set(own, this.reserve(2 * own.words.length, 2));
    }
    this.vtableOfTable.set(node, vtable);
    this.nodes.set(node, this.reserve(at(vtable.words, 1), 4));
  }
}

function writeNode(node: Node, position: number, view: DataView, layout: Layout): void {
  if (node.kind === 'table') writeTable(node, position, view, layout);
  else if (node.kind === 'bytes') writeBytes(node, position, view);
  else writeTables(node, position, view, layout);
}

function writeTable(node: TableNode, position: number, view: DataView, layout: Layout): void {
  const vtable = layout.vtable(node);
  view.setInt32(position, position - vtable.position, true);
  for (const [number, field] of node.fields) {
    const place = position + (vtable.places.get(number) ?? 0);
    if (isNode(field)) writeOffset(place, field, view, layout);
    else writeScalar(field, place, view);
  }
}

function writeBytes(node: BytesNode, position: number, view: DataView): void {
  view.setUint32(position, node.count, true);
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(node.bytes, position + 4);
}

function writeTables(node: TablesNode, position: number, view: DataView, layout: Layout): void {
  view.setUint32(position, node.items.length, true);
  node.items.forEach((item, i) => writeOffset(position + 4 + 4 * i, item, view, layout));
}

const writeScalar = (field: Scalar, position: number, view: DataView): void => field.write(view, position);

function writeOffset(position: number, target: Node, view: DataView, layout: Layout): void {
  view.setUint32(position, layout.positionOf(target) - position, true);
}

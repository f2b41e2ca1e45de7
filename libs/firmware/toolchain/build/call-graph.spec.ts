import { readCallGraph, stackBound } from './call-graph';

const node = (title: string, frame?: string): string =>
  `node: { title: "${title}" label: "${title}\\nfile.c:1:1${frame ? `\\n${frame}` : ''}" }`;
const edge = (from: string, to: string): string =>
  `edge: { sourcename: "${from}" targetname: "${to}" label: "file.c:2:3" }`;
const graphOf = (...lines: readonly string[]) => readCallGraph([lines.join('\n')]);

describe('the bound on the stack', () => {
  it('is the deepest sum of frames', () => {
    const graph = graphOf(
      node('main', '16 bytes (static)'),
      node('a', '100 bytes (static)'),
      node('b', '40 bytes (static)'),
      node('c', '80 bytes (static)'),
      edge('main', 'a'),
      edge('main', 'b'),
      edge('b', 'c'),
    );
    expect(stackBound(graph, 'main')).toEqual({ bytes: 136, path: ['main', 'b', 'c'], doubts: [] });
  });

  it('joins the graphs of all objects', () => {
    const first = [node('main', '8 bytes (static)'), node('x.c:helper'), edge('main', 'x.c:helper')].join(
      '\n',
    );
    const second = node('x.c:helper', '24 bytes (static)');
    expect(stackBound(readCallGraph([first, second]), 'main').bytes).toBe(32);
  });

  it('doubts recursion, unknown functions, calls through pointers and frames without a fixed size', () => {
    const graph = graphOf(
      node('main', '8 bytes (static)'),
      edge('main', 'self'),
      edge('main', 'unknown'),
      edge('main', '__indirect_call'),
      node('self', '8 bytes (static)'),
      edge('self', 'self'),
      node('odd', '8 bytes (dynamic)'),
      edge('main', 'odd'),
    );
    expect(stackBound(graph, 'main').doubts).toHaveLength(4);
  });

  it("counts the compiler's own helpers as small leaves", () => {
    const graph = graphOf(node('main', '8 bytes (static)'), edge('main', '__aeabi_uldivmod'));
    expect(stackBound(graph, 'main')).toMatchObject({ bytes: 72, doubts: [] });
  });
});

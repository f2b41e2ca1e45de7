import { at, invariant } from '#libs/base/result';
import type { Declaration } from './declaration';
import { Program, type ProgramTexts } from './program';
import { renamesOf } from './renames';
import { declarationsOf, isChoice, type Item, type SourceFile } from './source-file';
import { changeWords, type Near } from './tokens';

/**
 * One C file of many.
 *
 * 1. Take every file apart at file level; conditions over our own macros are decided.
 * 2. Keep what the functions of the entry file reach.
 * 3. Make everything but them static, so that nothing else can clash with the program that it is linked into; functions that
 *    were external stay functions of their own.
 * 4. Names that only one file saw, and that now another one has too, get the file's name in front.
 * 5. Pointers to wider integers than bytes become pointers that may alias (below).
 * 6. Headers first, in their order; then sources, tables before those that read them.
 *
 * Invariant: the global symbols of the result are the functions of the entry file, and what it needs of others is what the
 * interface declares.
 */
export function amalgamate(texts: ProgramTexts): string {
  return new Amalgamation(new Program(texts)).text();
}

/**
 * The arena is bytes, which kernels read as what the plan put there. In one file a compiler could see through calls and
 * reorder accesses of different types; programs of many files are built with -fno-strict-aliasing instead.
 */
const WIDE = /^u?int(?:16|32|64)_t$/;
const lenient = (type: string): string => `fl_any_${type.slice(0, -2)}`;

/**
 * For the whole file, whatever flags the user compiles with: what programs of ours have from `targets.ts` and fl_small.h. Of the other
 * targets of GCC none that this code is for has such loops.
 */
const LOOPS = [
  '/*',
  ' * Loops count as they are written: GCC (seen in 12.2, for Cortex-M55) turns some into low-overhead loops although flags of',
  ' * their last comparison are used behind them; what an `if` guards there was then done always.',
  ' */',
  '#if defined(__GNUC__) && !defined(__clang__) && defined(__arm__)',
  '#pragma GCC optimize("no-branch-count-reg")',
  '#endif',
];

const ATTRIBUTES = [
  '/*',
  ' * FL_MAY_ALIAS: the arena is bytes that are read as what the plan put there; accesses through these types are never',
  ' * reordered by type. A compiler without the attribute needs its own switch (-fno-strict-aliasing or the like).',
  ' * FL_KERNEL: one copy of each kernel, as if it were in a file of its own. Inlined into every layer that calls it, it would',
  ' * take a multiple of the flash.',
  ' * Unused parameters: functions of a model have the same ones in every model.',
  ' */',
  '#if defined(__clang__)',
  '#define FL_MAY_ALIAS __attribute__((may_alias))',
  '#define FL_KERNEL __attribute__((noinline))',
  '#elif defined(__GNUC__) && __GNUC__ >= 8',
  '#define FL_MAY_ALIAS __attribute__((may_alias))',
  '#define FL_KERNEL __attribute__((noipa))',
  '#elif defined(__GNUC__)',
  '#define FL_MAY_ALIAS __attribute__((may_alias))',
  '#define FL_KERNEL __attribute__((noinline, noclone))',
  '#else',
  '#define FL_MAY_ALIAS',
  '#define FL_KERNEL',
  '#endif',
  '#if defined(__GNUC__)',
  '#pragma GCC diagnostic ignored "-Wunused-parameter"',
  '#endif',
];

class Amalgamation {
  private readonly renamed: ReturnType<typeof renamesOf>;
  private readonly wide = new Set<string>();

  constructor(private readonly program: Program) {
    this.renamed = renamesOf(program);
  }

  text(): string {
    const { inlined } = this.program;
    const headers = inlined.filter(({ isHeader }) => isHeader);
    const sources = this.tablesFirst(inlined.filter(({ isHeader }) => !isHeader));
    const bodies = [...headers, ...sources].map((file) => this.fileText(file));
    const standard = [...new Set(inlined.flatMap((file) => file.standard))].sort();
    const includes = standard.map((name) => `#include ${name}`);
    const types = [...this.wide].sort().map((type) => `typedef ${type} FL_MAY_ALIAS ${lenient(type)};`);
    return [LOOPS.join('\n'), includes.join('\n'), [...ATTRIBUTES, ...types].join('\n'), ...bodies].join(
      '\n\n',
    );
  }

  /** Functions are declared before everything, but tables have to come before those that read them. */
  private tablesFirst(sources: readonly SourceFile[]): readonly SourceFile[] {
    const ordered = new Set<SourceFile>();
    const place = (file: SourceFile): void => {
      if (ordered.has(file) || file === this.program.entry) return;
      for (const { words } of this.program.neededOf(file))
        for (const word of words)
          for (const found of this.program.sharedAs(word))
            if (found.declaration.form === 'object' && found.file !== file) place(found.file);
      ordered.add(file);
    };
    sources.forEach(place);
    return [...ordered, this.program.entry];
  }

  private fileText(file: SourceFile): string {
    const banner = `/* ---- ${file.path} ---- */`;
    const head = file.head === '' ? [] : [file.head];
    return [banner, ...head, ...this.itemTexts(file, file.items)].join('\n\n');
  }

  private itemTexts(file: SourceFile, items: readonly Item[]): readonly string[] {
    return items.flatMap((item): readonly string[] => {
      if (!isChoice(item)) return this.program.needs(item) ? this.declarationText(file, item) : [];
      if (!declarationsOf([item]).some((inner) => this.program.needs(inner))) return [];
      const lines = item.branches.flatMap((branch) => [
        branch.directive,
        ...branch.directives,
        ...this.itemTexts(file, branch.items),
      ]);
      return [[...lines, '#endif'].join('\n')];
    });
  }

  private declarationText(file: SourceFile, declaration: Declaration): readonly string[] {
    const { form, comment, text } = declaration;
    if (form === 'extern') return [];
    if (form === 'prototype') this.checkDefined(declaration);
    const isEntry = file === this.program.entry;
    const isInternal =
      !isEntry && !declaration.isStatic && ['prototype', 'function', 'object'].includes(form);
    const internal = form === 'object' ? 'static' : 'static FL_KERNEL';
    const plain = isInternal ? `${internal} ${text.replace(/^extern\s+/, '')}` : text;
    const ownComment = comment === file.head ? '' : comment;
    const isRecord = form === 'type' && /\b(struct|union)\b/.test(text);
    const code = changeWords(plain, (word, near) => {
      const isMember = ['.', '->'].includes(near.before) || (isRecord && isMemberDeclared(near));
      return (isMember ? undefined : this.renamed.get(file)?.get(word)) ?? this.typeIn(file, word, near);
    });
    return [ownComment === '' ? code : `${ownComment}\n${code}`];
  }

  /** What a pointer is to, or what a name for a type stands for. */
  private typeIn(file: SourceFile, word: string, { before, after }: Near): string {
    const isPointedTo = after === '*' || (before === 'typedef' && file.isHeader);
    if (!WIDE.test(word) || !isPointedTo || file === this.program.entry) return word;
    this.wide.add(word);
    return lenient(word);
  }

  private checkDefined({ names }: Declaration): void {
    const name = at(names, 0);
    const isDefined = this.program.sharedAs(name).some(({ declaration }) => declaration.form === 'function');
    invariant(isDefined, `${name} is called, and no file of the library has it`);
  }
}

/** In the braces of a struct, what stands before `;`, `,` or `[` is a member; after the last brace it is the type's name. */
const isMemberDeclared = ({ before, after }: Near): boolean =>
  before !== '}' && [';', ',', '['].includes(after);

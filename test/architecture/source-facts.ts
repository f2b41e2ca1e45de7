import ts from 'typescript';

export interface Import {
  /** What stands between the quotes; undefined if it is computed at run time. */
  readonly specifier: string | undefined;
  /** Erased by the compiler: `import type`, `export type`, `import('x').T`. */
  readonly typeOnly: boolean;
}

export interface SourceFacts {
  readonly imports: readonly Import[];
  readonly readsEnvironment: boolean;
}

/** What one source file reaches for, in whichever syntax it does so. */
export function readSource(fileName: string, text: string): SourceFacts {
  const imports: Import[] = [];
  let readsEnvironment = false;
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found) imports.push(found);
    readsEnvironment ||= isEnvironmentRead(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest));
  return { imports, readsEnvironment };
}

function importOf(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node)) return literal(node.moduleSpecifier, isTypeOnlyImport(node.importClause));
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return literal(node.moduleSpecifier, node.isTypeOnly || areAllTypes(node.exportClause));
  }
  if (ts.isExternalModuleReference(node)) return literal(node.expression, false);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return literal(node.argument.literal, true);
  if (ts.isCallExpression(node) && isModuleCall(node.expression)) return literal(node.arguments[0], false);
  return undefined;
}

function literal(node: ts.Node | undefined, typeOnly: boolean): Import {
  return { specifier: node && ts.isStringLiteralLike(node) ? node.text : undefined, typeOnly };
}

function isTypeOnlyImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  return (
    clause.phaseModifier === ts.SyntaxKind.TypeKeyword || (!clause.name && areAllTypes(clause.namedBindings))
  );
}

/** `{ type A, type B }`, with at least one name. */
function areAllTypes(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (!bindings || !(ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

/** `import(…)`, `require(…)`, `require.resolve(…)`. */
function isModuleCall(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isPropertyAccessExpression(callee)) return isModuleCall(callee.expression);
  return ts.isIdentifier(callee) && callee.text === 'require';
}

/** `process.env`, `process['env']`, `const { env } = process`, `import { env } from 'node:process'`. */
function isEnvironmentRead(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (ts.isElementAccessExpression(node)) return isProcess(node.expression);
  if (ts.isVariableDeclaration(node))
    return ts.isObjectBindingPattern(node.name) && isProcess(node.initializer);
  return ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'env';
}

/** `process`, `globalThis.process`. */
function isProcess(node: ts.Expression | undefined): boolean {
  if (!node) return false;
  return ts.isPropertyAccessExpression(node)
    ? node.name.text === 'process'
    : ts.isIdentifier(node) && node.text === 'process';
}

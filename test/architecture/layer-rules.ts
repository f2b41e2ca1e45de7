import path from 'node:path';

import layers from './layers.json';
import { type Import, readSource } from './source-facts';

interface Allowed {
  readonly libraries: readonly string[];
  readonly typesOf?: readonly string[];
  readonly packages?: readonly string[];
  /** A tool of this repository that never ships: it may measure with what tests are made of. */
  readonly testHelpers?: boolean;
}

const units: Readonly<Record<string, Allowed>> = {
  ...prefixed('libs', layers.libraries),
  ...prefixed('apps', layers.apps),
};

/** Every breach of layers.json in one source file, as sentences. `file` is relative to the repository. */
export function breaches(file: string, text: string): string[] {
  if (matchesAny(file, layers.exempt)) return [];
  const unit = unitOf(file);
  const allowed = unit && units[unit];
  if (!unit || !allowed) return [`${file}: ${unit ?? 'its folder'} is not in layers.json`];

  const { imports, readsEnvironment } = readSource(file, text);
  const found = imports.map((one) =>
    (isSpec(file) ? specBreach : importBreach)({ file, unit, allowed }, one),
  );
  if (readsEnvironment && !isSpec(file) && !matchesAny(file, layers.environmentOnlyIn))
    found.push('reads process.env');
  return found.filter((breach) => breach !== undefined).map((breach) => `${file}: ${breach}`);
}

interface Importer {
  readonly file: string;
  readonly unit: string;
  readonly allowed: Allowed;
}

function importBreach(
  { file, unit, allowed }: Importer,
  { specifier, typeOnly }: Import,
): string | undefined {
  if (specifier === undefined) return 'computes what it imports';
  if (isPrisma(specifier))
    return matchesAny(file, layers.prismaOnlyIn) ? undefined : `reaches Prisma by ${specifier}`;
  if (specifier.startsWith('.')) return relativeBreach({ file, unit }, specifier);
  if (specifier.startsWith('#libs/')) return libraryBreach(allowed, specifier, typeOnly);
  if (specifier.startsWith('#test/') && allowed.testHelpers) return undefined;
  if (specifier.startsWith('#')) return `imports ${specifier}, which is for specs`;
  if (unit.startsWith('apps/') || isOneOf(packageOf(specifier), allowed.packages)) return undefined;
  return `imports the package ${specifier}`;
}

/** A spec may use any library, package and test helper: it never ships. It uses front doors all the same. */
function specBreach({ file, unit }: Importer, { specifier }: Import): string | undefined {
  if (specifier?.startsWith('.')) return relativeBreach({ file, unit }, specifier);
  return specifier?.startsWith('#libs/') ? deepBreach(specifier) : undefined;
}

function relativeBreach(
  { file, unit }: Pick<Importer, 'file' | 'unit'>,
  specifier: string,
): string | undefined {
  const target = path.posix.join(path.posix.dirname(file), specifier);
  if (target === unit || target.startsWith(`${unit}/`)) return undefined;
  return `leaves ${unit} by ${specifier} (a library is imported as #libs/<group>/<library>)`;
}

function libraryBreach(allowed: Allowed, specifier: string, typeOnly: boolean): string | undefined {
  const library = specifier.slice('#libs/'.length);
  const reachable = typeOnly ? [...allowed.libraries, ...(allowed.typesOf ?? [])] : allowed.libraries;
  return deepBreach(specifier) ?? (matchesAny(library, reachable) ? undefined : `imports ${specifier}`);
}

function deepBreach(specifier: string): string | undefined {
  return specifier.split('/').length > 3 ? `reaches into a library by ${specifier}` : undefined;
}

/** `libs/<group>/<library>` or `apps/<app>`. */
function unitOf(file: string): string | undefined {
  return /^libs\/[^/]+\/[^/]+(?=\/)|^apps\/[^/]+(?=\/)/.exec(file)?.[0];
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const isSpec = (file: string): boolean => /\.spec\.tsx?$/.test(file);
const isPrisma = (specifier: string): boolean => /^#prisma$|^@prisma\/|prisma\/generated/.test(specifier);
const isOneOf = (name: string, names: readonly string[] = []): boolean => names.includes(name);
const matchesAny = (name: string, globs: readonly string[]): boolean =>
  globs.some((glob) => glob === '*' || path.posix.matchesGlob(name, glob));

function prefixed(folder: string, entries: Readonly<Record<string, Allowed>>): Record<string, Allowed> {
  return Object.fromEntries(Object.entries(entries).map(([name, allowed]) => [`${folder}/${name}`, allowed]));
}

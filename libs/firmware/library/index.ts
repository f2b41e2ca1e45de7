/**
 * The take-home library: a model as a folder of C99 that a user's own firmware calls, for inference or for training.
 *
 * Owns: the folder's files: one public header, one source of everything that the model uses (amalgamation/), the parameters,
 * and what CMake, Zephyr and Arduino need to build them. Texts in memory, no disk.
 * Invariant: every global symbol begins with the model's C name; nothing but the compiler's own helpers is needed to link it;
 * its bytes are those of the model in Fleetlearn's own programs, because it is the same code.
 *
 * @example
 * const templates = new Map(paths.filter(isLibraryTemplate).map((path) => [path, read(`firmware-templates/${path}`)]));
 * for (const { path, content } of cLibrary({ graph, model, parameters, templates, provenance })) write(path, content);
 */
export { cLibrary, isLibraryTemplate } from './c-library';
export { cName } from './c-name';
export type { LibraryFile, LibraryRequest, MeasuredSize, Provenance } from './library-request';

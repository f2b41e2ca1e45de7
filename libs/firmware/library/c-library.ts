import { invariant } from '#libs/base/result';
import { amalgamate } from './amalgamation/amalgamate';
import { Folder } from './folder';
import type { LibraryFile, LibraryRequest } from './library-request';
import { modeOf } from './mode';

/** What of the runtime a library can use; of the kernels and of `library/` it can use everything. */
const RUNTIME: ReadonlySet<string> = new Set([
  'runtime/fl_access.h',
  'runtime/fl_model.h',
  'runtime/fl_parameters.h',
  'runtime/fl_start.h',
  'runtime/load_variables.c',
  'runtime/predict.c',
  'runtime/read_variables.c',
]);

/** The kernels for the DSP or vector instructions of some cores: libraries are plain C99, for any core. */
const isForOneCore = (path: string): boolean => /(dsp|mve|wasm)(_kernels)?\.[ch]$/.test(path);

/** Does a library need this file of firmware-templates? */
export const isLibraryTemplate = (path: string): boolean =>
  (/^(kernels|library)\//.test(path) && !isForOneCore(path)) || RUNTIME.has(path);

const isCode = (path: string): boolean => isLibraryTemplate(path) && !path.startsWith('library/');

/** Libraries show nobody the results inside: the calls for that, which are empty here, go, and blocks of nothing else. */
const withoutTrace = (model: string): string =>
  model
    .replace(/^ *(?:if \([^()]*\) )?FL_(?:AFTER_(?:CALL|ROW)|CALL_DONE)\([^;]*\);\n/gm, '')
    .replace(/^ *\{\n *\}\n/gm, '');

/** Everything that can become part of the one source: kernels, runtime, the model. */
function codeOf({ templates, model }: LibraryRequest): ReadonlyMap<string, string> {
  const code = [...templates].filter(([path]) => isCode(path));
  return new Map([
    ...code,
    ...model.files.map(({ path, text }) => [`model/${path}`, withoutTrace(text)] as const),
  ]);
}

function sourceText(request: LibraryRequest, folder: Folder): string {
  const entry = `library/${folder.name}.c`;
  const header = `library/${folder.name}.h`;
  const mode = modeOf(request.model.facts);
  const texts = new Map([
    ...codeOf(request),
    [header, folder.header()],
    [entry, folder.from(`${mode}.c`)],
    ...(mode === 'rows' ? [['model/read_rows.c', folder.from('read_rows.c')] as const] : []),
  ]);
  const narrow = request.model.facts.training?.gradients === 'int8';
  const defines = narrow ? ['FL_INT8_GRADIENTS'] : [];
  const body = amalgamate({ texts, entry, interface: header, defines });
  return `${folder.from('source_head.c')}#include "${folder.name}.h"\n\n${body}\n`;
}

/**
 * The folder of a model. One folder serves CMake, Zephyr, Arduino and builds by hand; all its C is in `src`.
 *
 * 1. The public header: sizes, shapes, scales, functions.
 * 2. The source: the functions of the header, and of model, kernels and runtime what they reach (amalgamation/).
 * 3. The parameters, as an array and as bytes; what the build systems read; an example; a page for people.
 */
export function cLibrary(request: LibraryRequest): readonly LibraryFile[] {
  const { model, parameters } = request;
  invariant(parameters.length === model.facts.parameterBytes, 'the parameters are of another model');
  const folder = new Folder(request);
  const { name } = folder;
  const mode = modeOf(model.facts);
  const text = (path: string, content: string): LibraryFile => ({ path, content });
  return [
    text(`src/${name}.h`, folder.header()),
    text(`src/${name}.c`, sourceText(request, folder)),
    text(`src/${name}_parameters.c`, folder.from('parameters.c')),
    { path: 'parameters.bin', content: parameters },
    text('examples/main.c', folder.from(`example_${mode}.c`)),
    text(`examples/${folder.sketch}/${folder.sketch}.ino`, folder.from(`arduino_${mode}.ino`)),
    text('CMakeLists.txt', folder.from('CMakeLists.txt')),
    text('zephyr/module.yml', folder.from('zephyr_module.yml')),
    text('zephyr/CMakeLists.txt', folder.from('zephyr_CMakeLists.txt')),
    text('zephyr/Kconfig', folder.from('zephyr_Kconfig')),
    text('library.properties', folder.from('library.properties')),
    text('README.md', folder.from('README.md')),
    text('LICENSE', folder.from('LICENSE')),
  ];
}

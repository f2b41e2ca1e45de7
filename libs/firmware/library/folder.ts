import { sha256, toHex } from '#libs/base/bytes';
import { invariant } from '#libs/base/result';
import { elementCount, tensorOf } from '#libs/model/ir';
import { cName, shownText } from './c-name';
import { type ByteType, elementTypes } from './interface/element-types';
import { portConstants } from './interface/ports';
import { rateConstants } from './interface/rates';
import { trainingConstants } from './interface/training-constants';
import type { LibraryRequest } from './library-request';
import { modeOf } from './mode';
import { arrayLines } from './parameters-source';
import { readmeFillings } from './readme';
import { type Fillings, fillTemplate } from './template';

/** The fillings of floats.h. */
const FLOATS: Readonly<Record<ByteType, Fillings>> = {
  int8: { elementType: 'int8', suffix: '', lowest: '-128', highest: '127' },
  uint8: { elementType: 'uint8', suffix: '_u8', lowest: '0', highest: '255' },
};

/** The templates of `firmware-templates/library`, filled for one model. */
export class Folder {
  /** What all symbols begin with. */
  readonly name: string;
  /** What the Arduino sketch is called. */
  readonly sketch: string;
  private readonly fillings: Fillings;

  constructor(private readonly request: LibraryRequest) {
    this.name = cName(request.model.facts.name);
    this.sketch = this.name
      .split('_')
      .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
      .join('');
    this.fillings = this.allFillings();
  }

  /** A template of the folder `library`, filled. */
  from(template: string): string {
    return this.filled(template, this.fillings);
  }

  header(): string {
    return this.from('interface.h');
  }

  private filled(template: string, fillings: Fillings): string {
    const text = this.request.templates.get(`library/${template}`);
    invariant(text !== undefined, `library/${template} is missing`);
    return fillTemplate(text, fillings);
  }

  private allFillings(): Fillings {
    const { facts } = this.request.model;
    const plain = { ...this.plainFillings(), ...readmeFillings(this.request, this.sketch) };
    const functions = this.filled(`${modeOf(facts)}.h`, plain);
    const training = facts.training ? this.filled('README_training.md', plain) : '';
    const parametersFit = this.filled('parameters_fit.c', plain).trimEnd();
    const { all } = elementTypes(this.request.graph, facts);
    const floats = all.map((type) => this.filled('floats.h', { ...plain, ...FLOATS[type] })).join('');
    return { ...plain, functions, training, floats, parameters_fit: parametersFit };
  }

  private plainFillings(): Fillings {
    const { graph, model, parameters } = this.request;
    const { facts } = model;
    const prefix = this.name.toUpperCase();
    const { inputs, outputs = inputs, all } = elementTypes(graph, facts);
    const counts = (ports: typeof facts.inputs): string =>
      ports.map(({ tensor }) => elementCount(tensorOf(graph, tensor).shape)).join(', ');
    const constants = [
      portConstants(graph, facts, prefix),
      ...(facts.training ? [trainingConstants(facts.training, prefix)] : []),
    ];
    return {
      name: this.name,
      NAME: prefix,
      title: shownText(facts.name),
      arenaBytes: String(facts.arenaBytes),
      parameterBytes: String(facts.parameterBytes),
      parametersDigest: toHex(sha256(parameters)),
      layout: `0x${facts.layout.toString(16).padStart(8, '0')}u`,
      constants: constants.join('\n'),
      rates: rateConstants(prefix),
      bytes: arrayLines(parameters),
      inputElements: counts(facts.inputs),
      inputRowBytes: facts.inputs.map(({ rowBytes = 0 }) => rowBytes).join(', '),
      outputElements: counts(facts.outputs),
      inputType: inputs.pointed,
      inputElement: inputs.first,
      inputOffset: inputs.first === 'int8_t' ? '128' : '0',
      outputType: outputs.pointed,
      outputElement: outputs.first,
      suffixNote: all.includes('uint8') ? ' (`_u8` for uint8)' : '',
    };
  }
}

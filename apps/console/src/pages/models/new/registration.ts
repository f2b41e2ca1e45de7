import { queryString } from '../../../api/get-json';

/** The form, as it was filled in: empty where nothing was. */
export interface Registration {
  readonly name: string;
  /** Of a new head, a whole number. */
  readonly classes: string;
  /** Of its classes, separated by commas. */
  readonly labels: string;
  /** The first classes are those that the file tells apart. */
  readonly keep: boolean;
}

/** The request that registers a model; the server judges what was filled in. */
export function registrationPath({ name, classes, labels, keep }: Registration): string {
  const hasHead = classes.trim() !== '' || labels.trim() !== '';
  return `/models${queryString({
    name: name.trim(),
    classes: given(classes),
    labels: given(labels),
    keep: hasHead && keep ? 'true' : undefined,
  })}`;
}

const given = (text: string): string | undefined => text.trim() || undefined;

/** What a model is called unless somebody says otherwise: as its file, in the characters that names have. */
export const nameOfFile = (fileName: string): string =>
  fileName.replace(/\.tflite$/i, '').replace(/[^\w .-]/g, '-');

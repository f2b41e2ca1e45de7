import { err, type Fault } from '#libs/base/result';

/**
 * Why a model does not get the head that was asked for:
 * - `head.no-dense`: it does not end in a dense layer of one vector, with at most reshapes and a softmax behind it;
 * - `head.bad-classes`: fewer than 2 or more than 256 classes;
 * - `head.bad-label`: a label that is empty, too long or not printable;
 * - `head.duplicate-labels`: two classes of one name;
 * - `head.label-count`: other than one label a class;
 * - `head.keep-drops`: known classes were to be kept, but the new head has no room for all of them;
 * - `head.nothing-to-keep`: known classes were to be kept, but the rows of this head stand for none;
 * - `head.bad-seed`: no uint32;
 * - `head.not-trainable`: what else keeps the model from being trained with the new head;
 * - `head.not-expressible`: the model with its new head can't be written as a file.
 */
export type HeadFaultCode =
  | 'head.no-dense'
  | 'head.bad-classes'
  | 'head.bad-label'
  | 'head.duplicate-labels'
  | 'head.label-count'
  | 'head.keep-drops'
  | 'head.nothing-to-keep'
  | 'head.bad-seed'
  | 'head.not-trainable'
  | 'head.not-expressible';

export interface HeadFault extends Fault {
  readonly code: HeadFaultCode;
}

export const headFault = (
  code: HeadFaultCode,
  message: string,
): { readonly ok: false; readonly error: HeadFault } => err({ code, message });

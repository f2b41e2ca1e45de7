export {
  type ConstantLayout,
  type Field,
  type FieldName,
  type FieldType,
  type LayerLayout,
  PARAMETER_HEAD_BYTES,
  parameterLayout,
  type ParameterLayout,
  type ParameterUse,
  offsetOf,
} from './layout';
export { type DspFilter, dspFilter, type DspKernel } from './dsp-filter';
export { mveKernel, type MveKernel, usesMve } from './mve-filter';
export { checkParameters, packParameters, type ParameterFault } from './pack';

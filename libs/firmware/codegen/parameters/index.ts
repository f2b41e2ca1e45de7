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
} from './layout';
export { checkParameters, packParameters, type ParameterFault } from './pack';

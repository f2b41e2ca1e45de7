int32_t @name@_parameters_fit(const uint8_t *image, uint32_t bytes) {
  const uint32_t *words = (const uint32_t *)(const void *)image;
  if (bytes < FL_MODEL_PARAMETER_BYTES || words[0] != FL_PARAMETERS_MAGIC) return 0;
  if ((words[1] & 0xffffu) != FL_PARAMETERS_VERSION) return 0;
  return words[2] == FL_MODEL_PARAMETER_BYTES && words[3] == FL_MODEL_LAYOUT;
}


/*
 * Floats at the boundary (@elementType@), for sensors that deliver them: real = scale * (element - zero point). Halves are
 * rounded away from zero and the ends saturate, as TensorFlow Lite does. Not a number becomes the lowest element.
 */
static inline @elementType@_t @name@_quantize@suffix@(float real, float scale, int32_t zero_point) {
  const float scaled = real / scale;
  if (!(scaled > -32768.0f)) return @lowest@;
  if (scaled > 32767.0f) return @highest@;
  const int32_t whole = (int32_t)scaled;
  const float rest = scaled - (float)whole;
  const int32_t element = whole + (rest >= 0.5f ? 1 : rest <= -0.5f ? -1 : 0) + zero_point;
  return (@elementType@_t)(element < @lowest@ ? @lowest@ : element > @highest@ ? @highest@ : element);
}

static inline float @name@_dequantize@suffix@(@elementType@_t element, float scale, int32_t zero_point) {
  return scale * (float)(element - zero_point);
}

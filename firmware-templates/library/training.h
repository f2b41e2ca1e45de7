/*
 * The order of calls: @name@_load once, then any number of inferences and training steps. From load on, the arena holds
 * what was learnt: keep it, or save it with @name@_read_state before it goes.
 */

/* Puts the start values of everything that is trained into the arena. */
void @name@_load(uint8_t *arena);

/* One inference. The input is read where it lies, @NAME@_INPUT_BYTES of it. */
void @name@_run(uint8_t *arena, const @inputType@ *input);

/* After an inference: the class, and one logit a class (logarithms to base 2, 16 fractional bits). */
uint32_t @name@_predict(const uint8_t *arena);
const int32_t *@name@_logits(const uint8_t *arena);

/* What the two functions below return for a label that is no class. */
#define @NAME@_BAD_LABEL INT32_MIN

/* After an inference: the cross-entropy of its logits, in 1/65536 bit. */
int32_t @name@_loss(uint8_t *arena, uint32_t label);

/* A learning rate: mantissa * 2^(exponent - 15), the mantissa from 16384 to 32767; 0.02 is @NAME@_RATE_0_02. */
typedef struct {
  uint16_t mantissa;
  int8_t exponent;
} @name@_rate;

/* Learning rates of the weights and biases inside, and of the classifier at the end. */
typedef struct {
  @name@_rate weights, bias, head;
} @name@_rates;

@rates@

/* One rate for all three: `static const @name@_rates rates = @NAME@_RATES(@NAME@_RATE_0_02);` */
#define @NAME@_RATES(...) {__VA_ARGS__, __VA_ARGS__, __VA_ARGS__}

/*
 * One step of stochastic gradient descent: an inference, its loss (returned, 1/65536 bit) and the update of everything that
 * is trained. `step` counts from 0; together with `seed` it chooses how steps smaller than one unit are rounded, so the
 * same inputs, labels, seed and rates give the same bytes everywhere.
 */
int32_t @name@_train_step(uint8_t *arena, const @inputType@ *input, uint32_t label, uint32_t seed, uint32_t step,
                          const @name@_rates *rates);

/*
 * What was learnt, as a stream of @NAME@_STATE_BYTES that can be read and written in pieces: bytes [offset, offset + count).
 * It fits every library with the same @NAME@_LAYOUT and @NAME@_SCHEME.
 */
void @name@_read_state(const uint8_t *arena, uint32_t offset, uint8_t *out, uint32_t count);
void @name@_write_state(uint8_t *arena, uint32_t offset, const uint8_t *bytes, uint32_t count);

/* The same less the start values, @NAME@_DELTA_BYTES: what a server averages over devices. */
void @name@_read_delta(const uint8_t *arena, uint32_t offset, uint8_t *out, uint32_t count);


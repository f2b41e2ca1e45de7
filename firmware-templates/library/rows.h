/*
 * Where the inputs come from, row by row: a row is what lies at one index of the input's first dimension but the batch. The
 * model calls `read` while it runs: put rows first .. first + count - 1 of input `index` into `rows`, one after the other,
 * @NAME@_INPUT_<index>_ROW_BYTES each. Each row is asked for once an inference, in ascending order, so a sensor can hand
 * them over as it reads them. `context` is yours.
 */
typedef struct {
  void (*read)(void *context, uint32_t index, uint32_t first, uint32_t count, @inputType@ *rows);
  void *context;
} @name@_rows;

/* One inference. */
void @name@_run(uint8_t *arena, const @name@_rows *rows);

/*
 * Where output `index` lies, inside the arena. Outputs stay until the next inference or until you use the arena for something
 * else.
 */
const @outputType@ *@name@_output(const uint8_t *arena, uint32_t index);


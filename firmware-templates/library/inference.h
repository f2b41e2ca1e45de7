/*
 * Where input `index` is to be written and output `index` lies, inside the arena. An inference may overwrite the inputs, so
 * write all of them before each; outputs stay until the next inference or until you use the arena for something else.
 */
@inputType@ *@name@_input(uint8_t *arena, uint32_t index);
const @outputType@ *@name@_output(const uint8_t *arena, uint32_t index);

/* One inference. */
void @name@_run(uint8_t *arena);


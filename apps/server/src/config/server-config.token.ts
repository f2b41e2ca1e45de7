/** Under this token Nest hands out the `ServerConfig`. */
export const SERVER_CONFIG = Symbol('ServerConfig');
/** Under this token Nest hands out the `Clock`. */
export const CLOCK = Symbol('Clock');

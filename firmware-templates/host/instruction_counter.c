/*
 * A plugin of QEMU: counts the instructions of the first call of a function, whose address is the argument begin=. The
 * count, a decimal number, is written to the file out= when the emulator ends; 0: the function did not return.
 *
 * The call is found by what calls it: a block that ends with a BL to the function is followed by the place where it comes
 * back to. Blocks are counted whole, as they begin; nothing interrupts the programs that are counted.
 *
 * QEMU ships no header for plugins in its packages: these are the declarations of version 1 of its interface
 * (qemu-plugin.h) that are used here.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

typedef void (*on_translation)(qemu_plugin_id_t id, struct qemu_plugin_tb *block);
typedef void (*on_execution)(unsigned int processor, void *data);
typedef void (*on_exit)(qemu_plugin_id_t id, void *data);

extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, on_translation callback);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
extern uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
extern size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *instruction);
extern const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *instruction);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *block, enum qemu_plugin_op op, void *counter,
                                                     uint64_t addend);
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block, on_execution callback,
                                                 enum qemu_plugin_cb_flags flags, void *data);
extern void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, on_exit callback, void *data);

int qemu_plugin_version = 1;
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count, char **arguments);

enum { MOST_CALLS = 64 };

static const char *out;
static uint64_t begin;
static uint64_t returns[MOST_CALLS];
static size_t known_returns;

static uint64_t executed; /* instructions of all blocks that have begun */
static uint64_t before;   /* of it, when the call began */
static uint64_t counted;
static bool is_inside;

/* Where a Thumb BL leads to (Arm ARM, encoding T1 of BL), 0 for any other instruction. */
static uint64_t call_target(const struct qemu_plugin_insn *instruction) {
  if (qemu_plugin_insn_size(instruction) != 4) return 0;
  uint16_t half[2];
  memcpy(half, qemu_plugin_insn_data(instruction), sizeof half);
  if ((half[0] & 0xf800) != 0xf000 || (half[1] & 0xd000) != 0xd000) return 0;
  const uint32_t sign = half[0] >> 10 & 1;
  const uint32_t high = ~((half[1] >> 13 & 1u) ^ sign) & 1u;
  const uint32_t low = ~((half[1] >> 11 & 1u) ^ sign) & 1u;
  const uint32_t offset = (sign != 0 ? 0xff000000u : 0u) | high << 23 | low << 22 | (half[0] & 0x3ffu) << 12 |
                          (half[1] & 0x7ffu) << 1;
  return (uint32_t)(qemu_plugin_insn_vaddr(instruction) + 4 + offset);
}

static bool is_return(uint64_t address) {
  for (size_t i = 0; i < known_returns; i++) {
    if (returns[i] == address) return true;
  }
  return false;
}

/* Both run as their block begins, before the block itself is counted. */
static void on_begin(unsigned int processor, void *data) {
  (void)processor;
  (void)data;
  if (counted != 0) return;
  is_inside = true;
  before = executed;
}

static void on_return(unsigned int processor, void *data) {
  (void)processor;
  (void)data;
  if (is_inside) counted = executed - before;
  is_inside = false;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  (void)id;
  const size_t count = qemu_plugin_tb_n_insns(block);
  const uint64_t address = qemu_plugin_tb_vaddr(block);
  if (address == begin) qemu_plugin_register_vcpu_tb_exec_cb(block, on_begin, QEMU_PLUGIN_CB_NO_REGS, NULL);
  if (is_return(address)) qemu_plugin_register_vcpu_tb_exec_cb(block, on_return, QEMU_PLUGIN_CB_NO_REGS, NULL);
  qemu_plugin_register_vcpu_tb_exec_inline(block, QEMU_PLUGIN_INLINE_ADD_U64, &executed, count);
  const struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(block, count - 1);
  const uint64_t after = qemu_plugin_insn_vaddr(last) + 4;
  if (call_target(last) == begin && !is_return(after) && known_returns < MOST_CALLS) returns[known_returns++] = after;
}

static void report(qemu_plugin_id_t id, void *data) {
  (void)id;
  (void)data;
  FILE *file = fopen(out, "w");
  if (file == NULL) return;
  fprintf(file, "%llu\n", (unsigned long long)counted);
  fclose(file);
}

static const char *value_of(const char *argument, const char *name) {
  const size_t length = strlen(name);
  return strncmp(argument, name, length) == 0 ? argument + length : NULL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count, char **arguments) {
  (void)info;
  for (int i = 0; i < count; i++) {
    const char *address = value_of(arguments[i], "begin=");
    const char *path = value_of(arguments[i], "out=");
    if (address != NULL) begin = strtoull(address, NULL, 16);
    if (path != NULL) {
      char *copy = malloc(strlen(path) + 1);
      if (copy != NULL) out = strcpy(copy, path);
    }
  }
  if (begin == 0 || out == NULL) return -1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, report, NULL);
  return 0;
}
